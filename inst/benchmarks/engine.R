# Rscript engine.R [rounds (3)]: how much faster two workers are than one, on
# the real million in ten files: adding the files to a store, and clustering it.
# Workers are SnowParam()'s, one thread each, and are started beforehand. Each
# round makes each store anew: by this process alone (0 workers), with one
# worker and with two. Appends to engine.tsv in `CLUSTCR_RESULTS` (default: this
# folder) and prints medians and ratios of all rounds there are.
#
# On a machine that others use too, wall-clock times say nothing. `path` is the
# processor time that can't be shared: of this process, and of the worker with
# most of it. On a quiet machine the work lasts that long, or less.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "data.R"))
source(file.path(here, "engine_data.R"))
suppressMessages(library(clustcr))
library(BiocParallel)
args <- commandArgs(TRUE)
rounds <- if (length(args)) as.integer(args[1]) else 3L
files <- real_files(folder)

# Processor seconds of processes and of their children that ended.
cpu_of <- function(pids) {
    vapply(pids, function(pid) {
        fields <- strsplit(sub(".*[)] ", "",
            readLines(sprintf("/proc/%d/stat", pid))), " ")[[1]]
        sum(as.numeric(fields[12:15])) / 100
    }, 0)
}

measure <- function(workers, work) {
    pids <- c(Sys.getpid(), workers$pids)
    begin <- cpu_of(pids)
    seconds <- system.time(work())[["elapsed"]]
    cpu <- cpu_of(pids) - begin
    c(seconds = seconds, path = cpu[1] + max(0, cpu[-1]), manager = cpu[1],
        cpu = sum(cpu))
}

one_round <- function(round, case, workers) {
    clustering <- engine_store(case, folder)
    on.exit(clustering$batch_cleanup())
    adding <- measure(workers, function() {
        clustering$batch_precluster_files(files, BPPARAM = workers$param,
            n_cpus = if (!is.null(workers$param)) 1)
    })
    clusters <- measure(workers, function() {
        if (is.null(workers$param)) {
            clustering$batch_cluster_all(nrow)
        } else {
            clustering$batch_cluster_all(nrow, BPPARAM = workers$param,
                n_cpus = 1)
        }
    })
    note(data.frame(
        date = format(Sys.time(), "%Y-%m-%d %H:%M", tz = "UTC"), case = case,
        workers = length(workers$pids), round = round,
        work = c("adding files", "clustering"),
        round(rbind(adding, clusters), 2), row.names = NULL
    ), "engine.tsv")
}

# The processes of a param that is up.
workers_of <- function(n) {
    if (n == 0) return(list())
    param <- SnowParam(n)
    bpstart(param)
    pids <- unique(unlist(bplapply(seq_len(4 * n), function(i) {
        Sys.sleep(0.2)  # or one of them would answer all
        # Once for all cases.
        loadNamespace("clustcr")
        Sys.getpid()
    }, BPPARAM = param)))
    stopifnot(length(pids) == n, !Sys.getpid() %in% pids)
    list(param = param, pids = pids)
}

all_workers <- if (rounds > 0) lapply(0:2, workers_of)
for (round in seq_len(rounds)) {
    for (case in names(engine_cases)) {
        for (workers in all_workers) one_round(round, case, workers)
    }
}
for (workers in all_workers[-1]) bpstop(workers$param)

# Medians of all rounds there are, and how many times as fast two workers are.
rows <- data.table::fread(file.path(results, "engine.tsv"), data.table = FALSE)
medians <- stats::aggregate(cbind(path, manager, cpu) ~ case + work + workers,
    rows, stats::median)
wide <- stats::reshape(medians, idvar = c("case", "work"),
    timevar = "workers", direction = "wide")
print(data.frame(
    wide[c("case", "work")], rounds = max(rows$round),
    alone = wide$path.0, one_worker = wide$path.1, two_workers = wide$path.2,
    manager = wide$manager.2, of_alone = wide$path.0 / wide$path.2,
    of_one = wide$path.1 / wide$path.2
), digits = 3, row.names = FALSE)
