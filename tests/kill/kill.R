# Rscript kill.R kills [seed]: kills runs with SIGKILL at random moments until
# `kills` have hit preclustering or clustering (those that hit the training are
# counted apart), resumes each until it finishes, and compares its table with
# that of a run that nobody killed, byte for byte. Fails on any difference.
args <- commandArgs(TRUE)
kills <- as.integer(args[1])
stopifnot(length(args) %in% 1:2, kills > 0)
set.seed(if (length(args) > 1) as.integer(args[2]) else 1)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
rscript <- file.path(R.home("bin"), "Rscript")

# CDR3s with many neighbours, some of them several times.
letters20 <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1]]
parents <- replicate(600, paste(sample(letters20, 10, TRUE), collapse = ""))
sequences <- sample(parents, 9000, TRUE)
at <- sample(3:6, length(sequences), TRUE)
substr(sequences, at, at) <- sample(letters20, length(sequences), TRUE)
batches <- split(seq_along(sequences), rep_len(1:60, length(sequences)))

new_folder <- function(borders, n_cpus) {
    folder <- tempfile("kill-")
    dir.create(folder)
    saveRDS(
        list(sequences = sequences, batches = batches, borders = borders,
            n_cpus = n_cpus),
        file.path(folder, "settings.rds")
    )
    folder
}

# A child that is past R's own start.
start <- function(folder) {
    begun <- file.path(folder, "begun")
    unlink(begun)
    log <- file.path(folder, "log")
    process <- callr::process$new(
        rscript, c(file.path(here, "child.R"), folder), stdout = log,
        stderr = log
    )
    while (process$is_alive() && !file.exists(begun)) Sys.sleep(0.002)
    process
}

# TRUE where the kill came before the end.
kill_after <- function(folder, seconds) {
    process <- start(folder)
    process$wait(max(1, 1000 * seconds))
    signalled <- process$is_alive()
    if (signalled) process$signal(9L)
    process$wait(120000)
    # processx loses the status of one in a thousand, on a loaded machine.
    killed <- signalled && process$get_exit_status() %in% c(-9L, NA)
    if (!killed) check_end(process, folder)
    killed
}

check_end <- function(process, folder) {
    if (!identical(process$get_exit_status(), 0L)) {
        stop("a resumed run failed with status ", process$get_exit_status(),
            "; see ", folder, ":\n",
            paste(readLines(file.path(folder, "log")), collapse = "\n"))
    }
}

finish <- function(folder) {
    process <- start(folder)
    seconds <- system.time(process$wait(600000))[["elapsed"]]
    check_end(process, folder)
    files <- list.files(file.path(folder, "out"), "csv$", full.names = TRUE)
    list(
        seconds = seconds,
        result = list(
            files = basename(files), table = lapply(files, readLines),
            batches = open_run(folder)$batches()
        )
    )
}

open_run <- function(folder) {
    clustcr::Clustering(directory = file.path(folder, "store"))
}

returned <- function(folder, what) {
    file <- file.path(folder, "returned")
    if (!file.exists(file)) return(character())
    lines <- strsplit(readLines(file), " ")
    lines <- lines[vapply(lines, `[`, "", 1) == what]
    vapply(lines, `[`, "", 2)
}

# What the kill has hit. Batches that were returned are in, with all their
# rows; the one that was under way is in wholly or not at all.
phase_hit <- function(folder) {
    store <- file.path(folder, "store")
    if (!file.exists(file.path(store, "clustcr.dcf"))) return("training")
    seen <- open_run(folder)$batches()
    names <- names(batches)[seq_len(nrow(seen))]
    if (!identical(seen$name, names) ||
        !all(returned(folder, "batch") %in% names) ||
        !identical(seen$rows, as.numeric(lengths(batches[names])))) {
        stop("batches are lost or torn; see ", folder)
    }
    if (nrow(seen) < length(batches)) return("preclustering")
    planned <- file.exists(file.path(store, "plan", "plan.tsv"))
    if (readRDS(file.path(folder, "settings.rds"))$borders == "join" &&
        !planned) {
        return("joining")
    }
    "clustering"
}

# Each kill may cost the one unit that was under way: else runs would have
# begun anew, and the result would tell nothing of resuming.
check_resumed <- function(folder, own_hits) {
    units <- returned(folder, "unit")
    if (length(units) - length(unique(units)) > own_hits) {
        stop("units were clustered again and again; see ", folder)
    }
}

hit <- c(training = 0L, preclustering = 0L, joining = 0L, clustering = 0L)
hits <- function() sum(hit[-1])
finished <- 0L

# Kills one run until it has finished or there were enough kills.
kill_run <- function(folder, seconds) {
    own_hits <- 0L
    while (hits() < kills && !file.exists(file.path(folder, "finished"))) {
        if (!kill_after(folder, runif(1, 0, 0.5) * seconds)) next
        phase <- phase_hit(folder)
        hit[phase] <<- hit[phase] + 1L
        own_hits <- own_hits + 1L
    }
    own_hits
}

unbroken <- lapply(c(cut = "cut", join = "join"), function(borders) {
    whole <- finish(new_folder(borders, 1))
    stopifnot(length(unlist(whole$result$table)) > 1000,
        length(whole$result$files) > 3)
    whole
})
for (borders in rep(names(unbroken), length.out = 10 * kills)) {
    if (hits() >= kills) break
    expected <- unbroken[[borders]]
    folder <- new_folder(borders, 2)
    own_hits <- kill_run(folder, expected$seconds)
    if (!identical(finish(folder)$result, expected$result)) {
        stop("a run that was killed gave another result; see ", folder)
    }
    check_resumed(folder, own_hits)
    finished <- finished + 1L
    unlink(folder, recursive = TRUE)
}
cat(sprintf(
    "%d kills (%s), %d in training; %d runs resumed, all tables identical\n",
    hits(), paste(hit[-1], names(hit)[-1], collapse = ", "), hit[["training"]],
    finished
))
