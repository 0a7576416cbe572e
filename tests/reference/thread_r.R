# Records what R says: thread_r.json. For each backend of Keras, with the packages reticulate and keras3:
#
# - `names`: the functions of the question's days, as keras$backend$... , and where they are now;
# - `training`: the asked loss and the recipe of recipe_keras.R, compiled and fitted (hard F1 on the training rows);
# - `labels`: what a plain vector as labels gives, by reticulate and by keras3;
# - `recipe`: the largest difference between the R recipe and the Python recipe's recorded values (recipe.json);
# - `recipeText`: the MD5 sum of recipe_keras.R as it ran, so that a later change of it is noticed.
#
#     RETICULATE_PYTHON=.../bin/python Rscript thread_r.R

seed <- 48356029L

attempt <- function(code) {
  # What `code` gives, as one line: "ok", or the first line of its error, which is where R and Python put the reason.
  tryCatch({ force(code); "ok" }, error = function(e) strsplit(conditionMessage(e), "\n")[[1]][1])
}

on_this_backend <- function() {
  source("../../recipes/recipe_keras.R")
  keras <- reticulate::import("keras")
  backend <- keras$backend$backend()

  set.seed(seed)
  x <- matrix(rnorm(512 * 5), 512)
  y <- as.numeric(x %*% c(1.5, -1, 0.5, 0, 0) + 0.5 * rnorm(512) > 1.7)
  model_with <- function(loss) {
    model <- keras_model_sequential(input_shape = 5L) |> layer_dense(1L, activation = "sigmoid")
    set_weights(model, list(matrix(0.1 * c(1, 1, -1, 1, -1)), array(0)))
    model |> compile(optimizer = optimizer_sgd(0.5), loss = loss)
    model
  }
  hard_f1 <- function(model) {
    decided <- as.numeric(predict(model, x, verbose = 0)) > 0.5
    round(2 * sum(decided * y) / (sum(decided) + sum(y)), 4)
  }
  asked <- function(y_true, y_pred) {
    pred <- op_round(op_clip(y_pred, 0, 1)); pos <- op_round(op_clip(y_true, 0, 1))
    tp <- op_sum(op_clip(pos * pred, 0, 1)); fp <- op_sum(op_clip((1 - pos) * pred, 0, 1))
    1 - tp / (tp + fp + config_epsilon())
  }
  losses <- list(
    askedRound = asked, recipeF1 = f_beta_loss(1, 10), recipeF1Through = f_beta_loss(1, 10, straight_through = TRUE)
  )
  training <- lapply(names(losses), function(name) {
    model <- model_with(losses[[name]])
    weights <- get_weights(model)
    before <- hard_f1(model)
    said <- attempt(fit(model, x, matrix(y), batch_size = 64L, epochs = 30L, shuffle = FALSE, verbose = 0L))
    list(backend = backend, loss = name, said = said, weightsBitIdentical = identical(weights, get_weights(model)),
         hardF1Before = before, hardF1After = hard_f1(model))
  })

  names_now <- list(
    backend = backend,
    "keras$backend$round" = attempt(keras$backend$round), "keras$backend$clip" = attempt(keras$backend$clip),
    "keras$ops$round" = attempt(keras$ops$round), "keras$ops$clip" = attempt(keras$ops$clip),
    "keras$ops$stop_gradient" = attempt(keras$ops$stop_gradient),
    "keras3::k_round" = attempt(getExportedValue("keras3", "k_round")), "keras3::op_round" = attempt(op_round),
    "keras3::op_stop_gradient" = attempt(op_stop_gradient)
  )
  labels <- list(
    backend = backend,
    "model$fit(x, y)" = attempt(model_with("binary_crossentropy")$fit(x, y, verbose = 0L)),
    "model$fit(x, matrix(y))" = attempt(model_with("binary_crossentropy")$fit(x, matrix(y), verbose = 0L)),
    "model$fit(x, matrix(y), batch_size = 256)" =
      attempt(model_with("binary_crossentropy")$fit(x, matrix(y), batch_size = 256, verbose = 0L)),
    "model$fit(x, matrix(y), batch_size = 256L)" =
      attempt(model_with("binary_crossentropy")$fit(x, matrix(y), batch_size = 256L, verbose = 0L)),
    "keras3::fit(model, x, y)" = attempt(fit(model_with("binary_crossentropy"), x, y, verbose = 0L)),
    "keras3::fit(model, x, matrix(y), batch_size = 256)" =
      attempt(fit(model_with("binary_crossentropy"), x, matrix(y), batch_size = 256, verbose = 0L))
  )

  recorded <- Filter(function(case) case$backend == backend, jsonlite::read_json("recipe.json")$cases)
  helper <- reticulate::import_from_path("backends", ".")
  np <- reticulate::import("numpy", convert = FALSE)
  numbers <- function(values) np$array(as.list(as.numeric(unlist(values))), dtype = "float32")
  differences <- vapply(recorded, function(case) {
    beta <- switch(case$score, precision = 0, recall = Inf, f1 = 1, fBeta = case$beta)
    loss <- f_beta_loss(beta, case$slope, case$threshold, case$straightThrough)
    labels <- op_convert_to_tensor(numbers(case$yTrue))
    answer <- helper$value_and_gradient(function(p) loss(labels, p), numbers(case$yPred))
    max(abs(as.numeric(answer[[1]]) - case$loss), abs(as.numeric(answer[[2]]) - unlist(case$gradient)))
  }, 0)
  recipe <- list(backend = backend, cases = length(differences), largestDifference = signif(max(differences), 3))

  packages <- vapply(c("reticulate", "keras3"), function(p) as.character(packageVersion(p)), "")
  versions <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), as.list(packages), keras = keras$`__version__`)
  answer <- list(versions = versions, names = names_now, training = training, labels = labels, recipe = recipe)
  cat(jsonlite::toJSON(answer, auto_unbox = TRUE, digits = NA), "\n", sep = "")
}

main <- function() {
  answers <- lapply(c("tensorflow", "jax", "torch"), function(backend) {
    environment <- paste0(c("KERAS_BACKEND=", "TF_CPP_MIN_LOG_LEVEL=", "OMP_NUM_THREADS=", "CUDA_VISIBLE_DEVICES=", "TF_ENABLE_ONEDNN_OPTS="),
                          c(backend, 3, 1, -1, 0))
    lines <- system2(file.path(R.home("bin"), "Rscript"), c("thread_r.R", "--backend"), stdout = TRUE, stderr = FALSE, env = environment)
    if (!is.null(attr(lines, "status"))) stop("thread_r.R on ", backend, " failed")
    jsonlite::fromJSON(tail(lines, 1), simplifyVector = FALSE)
  })
  text <- function(value) as.character(jsonlite::toJSON(value, auto_unbox = TRUE, digits = NA))
  section <- function(name, entries) paste0("  \"", name, "\": [\n", paste0("    ", vapply(entries, text, ""), collapse = ",\n"), "\n  ]")
  parts <- c(
    paste0("  \"versions\": ", text(answers[[1]]$versions)), paste0("  \"seed\": ", seed),
    paste0("  \"recipeText\": ", text(unname(tools::md5sum("../../recipes/recipe_keras.R")))),
    section("names", lapply(answers, `[[`, "names")), section("labels", lapply(answers, `[[`, "labels")),
    section("training", do.call(c, lapply(answers, `[[`, "training"))), section("recipe", lapply(answers, `[[`, "recipe"))
  )
  writeLines(c("{", paste(parts, collapse = ",\n"), "}"), "thread_r.json")
}

if ("--backend" %in% commandArgs(TRUE)) on_this_backend() else main()
