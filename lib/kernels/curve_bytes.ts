// Built from curve.as by `deno task kernels`.

/** A WebAssembly module, in the letters of simd.ts. */
export const curveBytes = /* @__PURE__ */ [
  ")}4}G}A*)))*@+}3.}S}S}S}S}S)}33}S}S}S}S}S}S}S}S}S}S)+8*,}8}B}J/}A}8}A}C}F}M+)),,+)*0E,.}6}C}I}B}H)*/}9}=}B}=}G",
  "};))/}A}8}A}C}F}M+)3}_3+(*+-}P*}SJ)J,m+}H}>K,,lJ)J,u-lJ-J)R+)m-}H}>L2U,)J*T+)~8J2U,1}x}vK.J-J)R+-m-}H}>L2U,)J*",
  "T+-~8J2U,1}x}vK/J-J)R+1m-}H}>L2U,)J*T+1~8J2U,1}x}vK0J-J)R+5m-}H}>L2U,)J*T+5~8J2U,1}x}vK1J+-lJ.J+T+)~8}xK.J/J+T",
  "+-~8}xK/J0J+T+1~8}xK0J1J+T+5~8}xK1J+m9}>K+4J)J.~3d+)J)J/~3d+-J)J0~3d+1J)J1~3d+5J)m9}>K)J*m9}>K*5*444}Z1,:}O+}P",
  "-}SJ/%)-)K>J/%)-9K?J/%)-JK=J/%)-ZK;J/%)-lK:J/%)-|K9J)J.m+}H}>KJJ2%)-)KCJ2%)-9KBJ/%)-}3L4KAJ4K3,lJ)JJu-lJ)%)-)L",
  "7J>%rK5JCJ7J*%)-)LD%~6*%~6*KCJ9J;J=J7J5J?%z%~e*%~_*m;%~**%~6*%~4*J5J:%z%~+*m,%~(*%~+*L5%E)L.R+)J.R+-J7%E)t}>KI",
  "J5%E*L.R+)J.R+-J7%E*t}>KHJ5%E+L.R+)J.R+-J7%E+t}>KGJ5%E,L.R+)J.R+-J7%E,t}>K/J,JIb+)J,JHb+-J,JGb+1J,J/b+5J4J7%I)",
  "~8J0JIm-}H}>L.U,)}wJ.U,1}x%L*J4%~v*K8J4J7%I*~8J0JHm-}H}>L.U,)}wJ.U,1}x%L*J4%~v*K6J4J7%I+~8J0JGm-}H}>L.U,)}wJ.U",
  ",1}x%L*J4%~v*K@J4J7%I,~8J0J/m-}H}>L.U,)}wJ.U,1}x%L*J4%~v*K5J+JDJ?%dJD%z%}%}F-lJ+-lJBJ+%)-)L3%~6*KBJ3%}2KAJ3J3%",
  "61234567812345678%}2K3J+m9}>K+4J1JIm.}H}>L.J.%)-)JA%K)LFJD%I)~8}xLE%>J8%~r*%~p*%4-)J.m9}>J.%)-9JFJE}w%>J8%~r*%",
  "~p*%4-)J1JHm.}H}>L.J.%)-)JA%K*LFJD%I*~8}xLE%>J6%~r*%~p*%4-)J.m9}>J.%)-9JFJE}w%>J6%~r*%~p*%4-)J1JGm.}H}>L.J.%)-",
  ")J3%K)LFJD%I+~8}xLE%>J@%~r*%~p*%4-)J.m9}>J.%)-9JFJE}w%>J@%~r*%~p*%4-)J1J/m.}H}>L.J.%)-)J3%K*LFJD%I,~8}xLE%>J5%",
  "~r*%~p*%4-)J.m9}>J.%)-9JFJE}w%>J5%~r*%~p*%4-).J1JIm.}H}>m)m9JD%E)E}>L.J.%)-)J8%~p*%4-)J1JHm.}H}>m)m9JD%E*E}>L.",
  "J.%)-)J6%~p*%4-)J1JGm.}H}>m)m9JD%E+E}>L.J.%)-)J@%~p*%4-)J1J/m.}H}>m)m9JD%E,E}>L.J.%)-)J5%~p*%4-)4J)m9}>K)J*m9}",
  ">K*J,J-}>K,5*44J2JC%4-)J2JB%4-94",
].join("");
