// Built from dense.as by `deno task kernels`.

/** A WebAssembly module, in the letters of simd.ts. */
export const denseBytes = /* @__PURE__ */ [
  ")}4}G}A*)))*9*}35}S}S}S}S}S}S}S}S}S}S}S}S)+8*,}8}B}J/}A}8}A}C}F}M+)),+*)0>+0}D}F}C}7}I}6}H))/}A}8}A}C}F}M+)3}b",
  "-*}^-+2}S.}OJ2m*}>m}R}Em,}HK:,lJ0J;w-lm)K8,lJ2J8w-lJ/J:J;}@}>J8m,}H}>K9J)J*J;}@}>K7J,J.J8}@}>K=m)K>,lJ1J>w-l%5",
  "))))))))))))))))K?%5))))))))))))))))K@%5))))))))))))))))KA%5))))))))))))))))KBJ4qJ3J1J>}?L5J3J5uEL5J3u}E-lm*K5",
  "4J5K6,lJ6-lJ?J.J=}>J=%}/+)%})+)*%}2LCJ7%2+)%}2%~r*%~p*K?J@JCJ*J7}>%2+)%}2%~r*%~p*K@JAJCJ7J*m*}H}>%2+)%}2%~r*%~",
  "p*KAJBJCJ7J*m,}@}>%2+)%}2%~r*%~p*KBJ+J7}>K7J-J=}>K=J6m*}?K65*44J9J9%)-)J?%~p*L?%}1%}2J?J4E%4-)J9J:}>L6%)-)J@%~",
  "p*K?J6J?%}1%}2J?J4E%4-)J9J:m*}H}>L6%)-)JA%~p*K?J6J?%}1%}2J?J4E%4-)J9J:m,}@}>L6%)-)JB%~p*K?J6J?%}1%}2J?J4E%4-)J",
  "5J>}>K>5*44J8m+}>K85*44J;m-}>K;5*444",
].join("");
