# Runs code with random numbers of a seed of its own. The caller's state is
# untouched, and the numbers are the same whatever generator the caller uses.
with_own_seed <- function(seed, code) {
    withr::with_seed(seed, code, .rng_kind = "Mersenne-Twister",
        .rng_normal_kind = "Inversion", .rng_sample_kind = "Rejection")
}
