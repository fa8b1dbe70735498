# Rscript kill.R kills [seed]: kills runs with SIGKILL at random moments until
# `kills` have hit, resumes each until it finishes, and compares its table with
# that of a run that nobody killed, byte for byte. Fails on any difference.
args <- commandArgs(TRUE)
kills <- as.integer(args[1])
set.seed(if (length(args) > 1) as.integer(args[2]) else 1)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
rscript <- file.path(R.home("bin"), "Rscript")

# CDR3s with many neighbours.
letters20 <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1]]
parents <- replicate(600, paste(sample(letters20, 10, TRUE), collapse = ""))
sequences <- sample(parents, 9000, TRUE)
at <- sample(3:6, length(sequences), TRUE)
substr(sequences, at, at) <- sample(letters20, length(sequences), TRUE)

new_folder <- function(borders, n_cpus) {
    folder <- tempfile("kill-")
    dir.create(folder)
    saveRDS(
        list(sequences = sequences, borders = borders, n_cpus = n_cpus),
        file.path(folder, "settings.rds")
    )
    folder
}

start <- function(folder) {
    log <- file.path(folder, "log")
    process <- callr::process$new(
        rscript, c(file.path(here, "child.R"), folder), stdout = log,
        stderr = log
    )
    process
}

# TRUE where the kill came before the end.
kill_after <- function(folder, seconds) {
    process <- start(folder)
    process$wait(max(1, 1000 * seconds))
    if (!process$is_alive()) {
        check_end(process, folder)
        return(FALSE)
    }
    process$signal(9L)
    process$wait(10000)
    identical(process$get_exit_status(), -9L)
}

check_end <- function(process, folder) {
    if (!identical(process$get_exit_status(), 0L)) {
        stop("a resumed run failed:\n",
            paste(readLines(file.path(folder, "log")), collapse = "\n"))
    }
}

finish <- function(folder) {
    process <- start(folder)
    process$wait(120000)
    check_end(process, folder)
    files <- list.files(file.path(folder, "out"), "csv$", full.names = TRUE)
    list(
        table = unlist(lapply(sort(files), readLines)),
        batches = clustcr::Clustering(
            directory = file.path(folder, "store")
        )$batches()
    )
}

hits <- 0L
finished <- 0L
where <- c(start = 0L, precluster = 0L, cluster = 0L)
for (borders in rep(c("cut", "join"), length.out = 1000)) {
    if (hits >= kills) break
    n_cpus <- sample(1:2, 1)
    whole <- new_folder(borders, n_cpus)
    seconds <- system.time(expected <- finish(whole))[["elapsed"]]
    stopifnot(length(expected$table) > 1000)
    for (round in 1:4) {
        if (hits >= kills) break
        folder <- new_folder(borders, 3 - n_cpus)
        while (hits < kills && !file.exists(file.path(folder, "finished"))) {
            # Mostly after R itself and the package have started.
            if (!kill_after(folder, runif(1, 0.4, 1) * seconds)) next
            hits <- hits + 1L
            phase <- if (!file.exists(file.path(folder, "store/clustcr.dcf"))) {
                "start"
            } else if (nrow(clustcr::Clustering(
                directory = file.path(folder, "store"))$batches()) < 60) {
                "precluster"
            } else {
                "cluster"
            }
            where[phase] <- where[phase] + 1L
        }
        found <- finish(folder)
        if (!identical(found, expected)) {
            stop("a run that was killed gave another result; see ", folder)
        }
        finished <- finished + 1L
        unlink(folder, recursive = TRUE)
    }
    unlink(whole, recursive = TRUE)
}
cat(sprintf(
    "%d kills (%s), %d runs resumed to the end, all tables identical\n", hits,
    paste(where, names(where), collapse = ", "), finished
))
