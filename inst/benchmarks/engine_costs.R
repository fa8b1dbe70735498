# Rscript engine_costs.R: what the parts of a clustering by workers
# cost, each measured alone, in this process and with one thread, on the real
# million in ten files. Writes engine_costs.tsv (seconds of processor time and
# bytes by part) and engine_units.tsv (each unit: receptors, links, seconds)
# into `CLUSTCR_RESULTS` (default: this folder), for engine_simulation.R.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "data.R"))
source(file.path(here, "engine_data.R"))
suppressMessages(library(clustcr))
one_cpu <- list(param = NULL, workers = 1L, share = 1L, threads = 1L,
    far = FALSE, jobs = FALSE)

cpu <- function(expression) {
    begin <- proc.time()
    force(expression)
    used <- (proc.time() - begin)[c(1, 2, 4, 5)]
    sum(used, na.rm = TRUE)
}
bytes_below <- function(...) {
    sum(file.size(list.files(file.path(...), recursive = TRUE,
        full.names = TRUE)))
}
# The value of a task, done here.
here_done <- function(task) {
    answer <- clustcr:::do_task(c(task, list(index = 1L, share = 1L,
        threads = 1L)))
    if (!is.null(answer$error)) stop(answer$error)
    answer$value
}

costs_of <- function(case) {
    function(part, parts, seconds, bytes = NA) {
        note(data.frame(case = case, part = part, parts = parts,
            seconds = round(seconds, 3), bytes = bytes), "engine_costs.tsv")
    }
}

stage_and_add <- function(clustering, files, cost) {
    tasks <- lapply(seq_along(files), function(i) {
        clustcr:::file_task(clustering$state, files[i],
            basename(files[i]), clustcr:::reading_of_files(list(), "B"), NULL,
            paste0("file", i))
    })
    cost("reading", length(files), cpu(for (file in files) {
        suppressMessages(readRepertoire(file))
    }), sum(file.size(files)))
    staged <- NULL
    seconds <- cpu(staged <- lapply(tasks, here_done))
    cost("staging, with reading", length(files), seconds,
        bytes_below(clustering$directory, "shards", "staged"))
    cost("adding what is staged", length(files), cpu(for (i in seq_along(files))
        clustcr:::add_staged_file(clustering, basename(files[i]),
            staged[[i]])),
        bytes_below(clustering$directory, "shards", "1", "preclusters"))
}

# Slice 1 of so many; then all of four, and the plan that they make.
join <- function(clustering, cost) {
    store <- clustcr:::store_pointer(clustering)
    settings <- clustcr:::settings_list(clustering$state, FALSE)
    run <- clustcr:::cpp_run_prepare(store, settings, "")
    folder <- file.path(clustering$directory, "runs", run$id, "join")
    slice <- function(slice, slices) {
        here_done(clustcr:::store_task(one_cpu, clustering, "slice", "a slice",
            run = run$id, slice = slice, slices = slices))
    }
    for (slices in c(1, 2, 16, 64, 256, 4)) {
        if (dir.exists(folder)) unlink(file.path(folder, "*"))
        seconds <- cpu(slice(1, slices))
        cost("a slice of the join", slices, seconds, bytes_below(folder))
    }
    for (i in 2:4) slice(i, 4)
    cost("links of all slices", 4, 0, bytes_below(folder))
    seconds <- cpu(clustering$state$run <- clustcr:::hold_run(clustering,
        clustcr:::cpp_run_begin(store, settings, "", 1L)))
    cost("combining slices and writing units", 4, seconds,
        bytes_below(clustering$directory, "runs", run$id, "units"))
    run$id
}

finish <- function(clustering, case, run, cost) {
    about <- clustcr:::cpp_run_units(clustering$handle$run)
    seconds <- read <- links <- numeric(length(about$rows))
    for (unit in seq_along(about$rows)) {
        seconds[unit] <- cpu(here_done(clustcr:::store_task(one_cpu, clustering,
            "unit", "a unit", run = run, unit = unit)))
        clusters <- NULL
        read[unit] <- cpu(clusters <- here_done(clustcr:::store_task(one_cpu,
            clustering, "call", "a unit", run = run, unit = unit,
            first_cluster = 1, columns = character(), with_matrix = FALSE,
            FUN = identity, more = NULL)))
        links[unit] <- nrow(neighborGraph(clusters,
            v_gene = clustering$v_gene))
    }
    cost("reading clusters", length(about$rows), sum(read),
        bytes_below(clustering$directory, "runs", run, "clusters"))
    note(data.frame(case = case, unit = seq_along(about$rows),
        receptors = about$rows, links = links, seconds = round(seconds, 3),
        bytes = file.size(list.files(file.path(clustering$directory, "runs",
            run, "units"), full.names = TRUE))), "engine_units.tsv")
}

unlink(file.path(results, c("engine_costs.tsv", "engine_units.tsv")))
files <- real_files(folder)
for (case in names(engine_cases)) {
    cost <- costs_of(case)
    clustering <- engine_store(case, folder)
    stage_and_add(clustering, files, cost)
    if (case != "two-step, cut") {
        run <- join(clustering, cost)
        finish(clustering, case, run, cost)
    }
    clustering$batch_cleanup()
}
