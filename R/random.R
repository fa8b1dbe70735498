# Runs code with random numbers of a seed of its own. The caller's state is
# untouched, and the numbers are the same whatever generator the caller uses.
with_own_seed <- function(seed, code) {
    global <- globalenv()
    before <- get0(".Random.seed", global, inherits = FALSE)
    kinds <- RNGkind()
    on.exit({
        do.call(RNGkind, as.list(kinds))
        if (is.null(before)) {
            rm(list = ".Random.seed", envir = global)
        } else {
            assign(".Random.seed", before, global)
        }
    })
    set.seed(seed, "Mersenne-Twister", "Inversion", "Rejection")
    code
}
