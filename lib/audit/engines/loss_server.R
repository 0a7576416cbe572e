# Answers for one loss written in R: runs loss_server.py inside R, through reticulate. Started by python_loss.ts with the
# path of that file and the command that runs Python. What R prints goes to the standard error, as it does for Python.
given <- commandArgs(TRUE)
if (!requireNamespace("reticulate", quietly = TRUE)) {
  message("the package reticulate is not installed")
  quit(status = 3)
}
options(keep.source = TRUE)
python <- Sys.which(given[[2]])
reticulate::use_python(if (nzchar(python)) python else given[[2]], required = TRUE)

# Arithmetic of tensors: newer versions of reticulate and the package tensorflow bring it along.
if (is.null(utils::getS3method("Ops", "python.builtin.object", optional = TRUE))) {
  operator <- reticulate::import("operator")
  binary <- c(
    "+" = "add", "-" = "sub", "*" = "mul", "/" = "truediv", "^" = "pow", "%/%" = "floordiv", "%%" = "mod",
    "<" = "lt", ">" = "gt", "<=" = "le", ">=" = "ge", "==" = "eq", "!=" = "ne", "&" = "and_", "|" = "or_"
  )
  unary <- c("-" = "neg", "+" = "pos", "!" = "invert")
  registerS3method("Ops", "python.builtin.object", function(e1, e2) {
    if (missing(e2)) operator[[unary[[.Generic]]]](e1) else operator[[binary[[.Generic]]]](e1, e2)
  })
}

# The file and the number of the innermost line of the user's code, and the text of it.
source_file <- NULL
place <- function() {
  for (call in rev(sys.calls())) {
    from <- attr(call, "srcref")
    file <- if (!is.null(from)) attr(from, "srcfile")$filename
    if (!is.null(file) && identical(file, source_file)) {
      return(list(basename(file), as.integer(from)[[1]], paste(as.character(from), collapse = " ")))
    }
  }
  NULL
}

# A loss of a file, with the names of its parameters and of those that must be given.
load_loss <- function(path, name) {
  source_file <<- path
  own <- new.env(parent = globalenv())
  sys.source(path, own, keep.source = TRUE)
  loss <- eval(parse(text = name, keep.source = FALSE), own)
  if (!is.function(loss)) stop(sprintf("'%s' must be a function, it is %s", name, class(loss)[[1]]))
  all <- names(formals(loss))
  must <- Filter(function(one) identical(formals(loss)[[one]], quote(expr = )), all)
  list(loss = loss, names = as.list(all), required = as.list(must))
}

reticulate::py_run_string("import sys; sys.dont_write_bytecode = True") # nothing is left beside this file
server <- reticulate::import_from_path("loss_server", dirname(given[[1]]))
server$main(load_loss, place)
