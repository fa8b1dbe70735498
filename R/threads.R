# The thread budget: an explicit count, or "all" for the cores this process
# may use. In a forked child (parallel::mclapply) the core uses one thread,
# whatever it is asked for, because OpenMP's threads do not survive a fork.

check_threads <- function(n_cpus, name = "n_cpus") {
    if (identical(n_cpus, "all")) return(cpp_available_threads())
    ok <- is.numeric(n_cpus) && length(n_cpus) == 1L && is.finite(n_cpus) &&
        n_cpus >= 1 && n_cpus == floor(n_cpus) && n_cpus <= 1024
    if (!ok) {
        bad_argument(
            "`", name, "` must be a whole number from 1 to 1024, or \"all\", ",
            "not ", given(n_cpus)
        )
    }
    as.integer(n_cpus)
}
