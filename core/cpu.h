// What this processor can do, asked at run time: code for wider registers stands beside code for every machine.
//
//   if (HasAvx2()) return CountAvx2(text);     // __attribute__((target("avx2")))
#pragma once

namespace hearth {

// 256-bit integer registers. The answer is the same for the whole run; from any thread.
inline bool HasAvx2() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
#else
  return false;
#endif
}

}  // namespace hearth
