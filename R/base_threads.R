# The thread budget: an explicit count, or "all" for the cores this process
# may use. In a forked child (parallel::mclapply) the core uses one thread,
# whatever it is asked for, because threads do not survive a fork.

check_threads <- function(n_cpus, name = "n_cpus") {
    if (identical(n_cpus, "all")) return(granted_threads())
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

# What schedulers tell their jobs, the first that is there: Slurm (asked for,
# and allotted), Sun Grid Engine, PBS, LSF.
cpu_variables <- c(
    "SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "NSLOTS", "PBS_NUM_PPN",
    "NCPUS", "LSB_DJOB_NUMPROC"
)

# Cores that this process was granted: those it may run on, of which a control
# group, a scheduler or OpenMP's own limit may leave fewer.
granted_threads <- function() {
    told <- environment_numbers(cpu_variables)
    min(cpp_available_threads(), utils::head(told, 1L),
        environment_numbers("OMP_THREAD_LIMIT"))
}

# Bytes of memory that this process was granted; Inf where nothing limits them.
# Slurm tells megabytes, of a node or a core.
granted_memory <- function() {
    node <- environment_numbers("SLURM_MEM_PER_NODE")
    core <- environment_numbers("SLURM_MEM_PER_CPU")
    cores <- c(environment_numbers("SLURM_CPUS_ON_NODE"), 1)[1L]
    group <- cpp_memory_quota()
    min(node * 2^20, core * cores * 2^20, if (group > 0) group, Inf)
}

# Those of the variables that hold a number of 1 or more, in their order.
environment_numbers <- function(names) {
    values <- suppressWarnings(as.numeric(Sys.getenv(names)))
    values <- as.integer(pmin(values, .Machine$integer.max))
    values[!is.na(values) & values >= 1L]
}
