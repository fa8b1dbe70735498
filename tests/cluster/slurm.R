# tools/slurm-test runs this under tools/slurm: a million receptors by four
# workers on Slurm's nodes, of which some end before their time, and what a
# user must be told. Everything is compared with one process, byte for byte.
# Rscript slurm.R [case...]: only those cases.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "helpers.R"))
library(BiocParallel)

slurm <- normalizePath(file.path(here, "../../tools/slurm"))
slurm_folder <- dirname(Sys.getenv("SLURM_CONF"))
folder <- normalizePath(file.path(here, "../../.build"))
folder <- file.path(folder, "slurm-test")
unlink(folder, recursive = TRUE)
dir.create(folder)

slurm_workers <- function(template = "slurm.tmpl", ...) {
    if (!file.exists(template)) {
        template <- system.file("batchtools", template, package = "clustcr",
            mustWork = TRUE)
    }
    BatchtoolsParam(
        workers = 4, cluster = "slurm", template = template,
        resources = list(ncpus = 1, memory = 1500, walltime = 3600, ...),
        registryargs = batchtoolsRegistryargs(
            file.dir = tempfile("registry-", folder), work.dir = folder
        )
    )
}

queue <- function() {
    system2("squeue", c("-h", "-r", "-o", "%i"), stdout = TRUE)
}

variable_of <- function(pid, name) {
    start <- paste0(name, "=")
    line <- grep(paste0("^", start), environment_of(pid), value = TRUE)
    if (length(line)) substring(line[1], nchar(start) + 1) else ""
}

# The job of a run whose R has worked most.
busiest_job <- function(run) {
    pids <- r_pids_with(paste0("CLUSTCR_TEST_RUN=", run$mark))
    pids <- Filter(function(pid) nzchar(variable_of(pid, "SLURM_JOB_ID")), pids)
    ticks <- vapply(pids, function(pid) {
        fields <- strsplit(sub(".*[)] ", "", proc_lines(pid, "stat")), " ")
        as.numeric(c(unlist(fields), rep(0, 12))[12])
    }, 0)
    pid <- pids[which.max(ticks)]
    if (!length(pid)) stop("no job is at work", call. = FALSE)
    parent <- grep("^PPid:", proc_lines(pid, "status"), value = TRUE)
    list(pid = pid, parent = as.integer(gsub("\\D", "", parent)),
        job = variable_of(pid, "SLURM_JOB_ID"),
        node = variable_of(pid, "SLURMD_NODENAME"))
}

signal <- function(pids, number) {
    for (pid in pids) tools::pskill(pid, number)
}

kill_daemon <- function(node) {
    pid <- as.integer(readLines(file.path(slurm_folder, "run",
        paste0(node, ".pid"))))
    signal(pid, tools::SIGKILL)
}

revive <- function() {
    status <- system2(slurm, "start", stdout = FALSE)
    if (status) stop("Slurm did not come back", call. = FALSE)
}

cases <- list()

# The run that all others must equal.
table <- data.table::fread(cmd = paste("gzip -dc",
    shQuote(shared_file("trb_real_1m.tsv.gz"))), data.table = FALSE)
files <- split_table(table, 10, file.path(folder, "files"))
limit <- "64MB"
one <- result_of(run_aside(file.path(folder, "one"), files = files,
    method = "mcl", memory_limit = limit))
expected <- stored_sums(file.path(folder, "one"))
cat(nrow(table), " receptors in 10 files of ",
    megabytes_below(file.path(folder, "files")), "; one process: ",
    seconds_of(one), ", ", megabytes_below(file.path(folder, "one")), ", ",
    length(expected$done) / 2, " units\n", sep = "")
stopifnot(length(expected$done) / 2 > 4, nrow(one$table) > 1e5)

start_run <- function(name, param = slurm_workers(), more = files, ...) {
    run_aside(file.path(folder, name), files = more, method = "mcl",
        memory_limit = limit, BPPARAM = param, ...)
}

check_run <- function(what, run, like = list(result = one, sums = expected)) {
    many <- result_of(run)
    if (!expect(!inherits(many, "error"), what, ": the run ends well")) {
        cat(conditionMessage(many), log_of(run), sep = "\n    ")
        return(invisible())
    }
    cat("       ", what, ": ", seconds_of(many), "\n", sep = "")
    expect(identical(many$table, like$result$table), what,
        ": the clusters are those of one process")
    expect_same_store(what, run$directory, like$sums)
    # A job whose node is gone is in it until the controller has seen that.
    expect(wait_until(function() !length(queue()), seconds = 60), what,
        ": the queue is empty")
}

expect_told <- function(what, run, pattern) {
    told <- grep(pattern, log_of(run), value = TRUE)
    expect(length(told) > 0, what, ": told ", if (length(told))
        dQuote(told[1], FALSE) else paste0("nothing like \"", pattern, "\""))
    if (!length(told)) cat(paste0("    ", log_of(run)), sep = "\n")
}

cases$plain <- function() {
    run <- start_run("plain")
    check_run("four workers", run)
    expect(!any(grepl("done again", log_of(run))),
        "four workers: no task is done twice")
}

# A node that is gone with all that ran on it.
cases$node <- function() {
    what <- "a node that is gone while files are read"
    run <- start_run("node")
    wait_until(function() answers_below(run$directory) >= 2, run)
    job <- busiest_job(run)
    kill_daemon(job$node)
    signal(c(job$parent, job$pid), tools::SIGKILL)
    check_run(what, run)
    expect_told(what, run, "Reading: .* will be done again")
    revive()
}

# A node whose daemon is gone, but not the job, which sleeps until others have
# done its work.
cases$outlived <- function() {
    what <- "a job that comes back from the dead"
    run <- start_run("outlived")
    wait_until(function() answers_below(run$directory) >= 2, run)
    job <- busiest_job(run)
    signal(job$pid, tools::SIGSTOP)
    kill_daemon(job$node)
    told <- function() any(grepl("done again", log_of(run)))
    wait_until(told, run)
    expect(length(r_pids_with(paste0("SLURM_JOB_ID=", job$job))) == 1, what,
        ": it is there while another does its work")
    signal(job$pid, tools::SIGCONT)
    check_run(what, run)
    expect_told(what, run, "Reading: .* will be done again")
    ended <- wait_until(function() {
        !length(r_pids_with(paste0("SLURM_JOB_ID=", job$job)))
    }, seconds = 60)
    expect(ended, what, ": it ends by itself")
    if (!ended) signal(job$pid, tools::SIGKILL)
    expect_same_store(paste0(what, ", after its end"), run$directory, expected)
    revive()
}

# Without V genes, and by a small inflation, clustering takes long enough to be
# hit.
slow_files <- files
slow_inflation <- c(inflation = 1.2, expansion = 2)
slow_run <- NULL
start_slow_run <- function(name) {
    if (is.null(slow_run)) {
        run <- start_run("slow", NULL, slow_files, v_gene = "none",
            mcl_params = slow_inflation)
        slow_run <<- list(result = result_of(run),
            sums = stored_sums(run$directory))
        cat("       without V genes, one process: ",
            seconds_of(slow_run$result), ", ",
            length(slow_run$sums$done) / 2, " units\n", sep = "")
    }
    run <- start_run(name, more = slow_files, v_gene = "none",
        mcl_params = slow_inflation)
    wait_until(function() units_below(run$directory) >= 1, run)
    run
}

# The daemon alone is gone, and its job goes on.
cases$daemon <- function() {
    what <- "a node daemon that is killed while units are clustered"
    run <- start_slow_run("daemon")
    kill_daemon(busiest_job(run)$node)
    check_run(what, run, slow_run)
    revive()
}

cases$scancel <- function() {
    what <- "a job that is cancelled while units are clustered"
    run <- start_slow_run("scancel")
    system2("scancel", c("-s", "KILL", "-f", busiest_job(run)$job))
    check_run(what, run, slow_run)
    expect_told(what, run, "Clustering: .* will be done again")
}

cases$interrupt <- function() {
    what <- "Ctrl-C"
    run <- start_run("interrupt")
    wait_until(function() answers_below(run$directory) >= 2, run)
    run$process$interrupt()
    run$process$wait(60000)
    expect(!run$process$is_alive(), what, ": the session ends")
    run$process$kill()
    expect(wait_until(function() !length(queue()), seconds = 15), what,
        ": no job is left in the queue")
    left <- c(list.files(run$directory, "^tasks-"),
        list.files(folder, "^registry-"))
    expect(!length(left), what, ": no folder of tasks or jobs is left",
        if (length(left)) paste0(" but ", toString(left)))
    # All nodes are taken: jobs wait in the queue.
    for (i in 1:4) {
        system2("sbatch", c("--output=/dev/null", "--wrap='sleep 20'"),
            stdout = FALSE)
    }
    run <- start_run("interrupt")
    check_run("going on where it was, behind others in the queue", run)
    expect(!any(grepl("done again", log_of(run))),
        "jobs that wait in the queue are waited for")
}

small <- head(files, 3)

# What is raised, and what the user reads.
expect_error_of <- function(what, run, class, pattern) {
    began <- Sys.time()
    e <- result_of(run)
    text <- if (inherits(e, "error")) conditionMessage(e) else "no error"
    expect(inherits(e, class), what, ": it is ", class)
    ok <- expect(grepl(pattern, text), what, ": it tells ", pattern)
    cat(paste0("        | ", strsplit(text, "\n")[[1]]), sep = "\n")
    if (!ok) cat(paste0("    ", log_of(run)), sep = "\n")
    expect(Sys.time() - began < 60, what, ": within a minute")
    expect(!length(queue()), what, ": the queue is empty")
}

write_template <- function(change) {
    path <- tempfile("template-", folder, ".tmpl")
    lines <- readLines(system.file("batchtools", "slurm.tmpl",
        package = "clustcr"))
    writeLines(change(lines), path)
    path
}

cases$template <- function() {
    expect_error_of("a partition that is none", start_run("partition",
        slurm_workers(partition = "nowhere"), small),
        "clustcr_error_worker", "[Ii]nvalid partition")
    ends <- write_template(function(lines) {
        sub("^exec Rscript.*", "echo no R here >&2; exit 3", lines)
    })
    expect_error_of("a job that ends at once", start_run("ends",
        slurm_workers(ends), small), "clustcr_error_worker", "no R here")
    broken <- write_template(function(lines) c(lines, "<%= no_such_thing %>"))
    expect_error_of("a template with an error", start_run("broken",
        slurm_workers(broken), small), "clustcr_error_worker",
        "no_such_thing")
}

cases$file <- function() {
    damaged <- file.path(folder, "damaged.tsv")
    writeLines(c("a\tb", "1\t2"), damaged)
    expect_error_of("a damaged file", start_run("damaged", more =
        c(small, damaged)), "clustcr_error_format", "damaged.tsv")
}

# The session has a file system of its own over `hidden`: what it makes there,
# no job sees.
cases$hidden <- function() {
    what <- "a directory that workers can't see"
    hidden <- file.path(folder, "hidden")
    dir.create(hidden)
    saveRDS(list(files = small, directory = file.path(hidden, "store"),
        BPPARAM = slurm_workers()), file.path(folder, "hidden.rds"))
    code <- paste0("x <- readRDS('", file.path(folder, "hidden.rds"), "'); ",
        "e <- tryCatch(do.call(clustcr::clusterRepertoires, x), ",
        "error = identity); saveRDS(list(class = class(e), message = ",
        "conditionMessage(e), batches = length(Sys.glob(file.path(",
        "x$directory, 'shards', '1', 'batches', '*')))), '",
        file.path(folder, "hidden-said.rds"), "')")
    system2("unshare", c("-m", "sh", "-c", shQuote(paste0(
        "mount -t tmpfs none '", hidden, "' && exec Rscript -e ",
        shQuote(code)))))
    said <- readRDS(file.path(folder, "hidden-said.rds"))
    cat(paste0("        | ", strsplit(said$message, "\n")[[1]]), sep = "\n")
    expect("clustcr_error_worker" %in% said$class, what,
        ": it is clustcr_error_worker")
    expect(grepl("hidden/store", said$message), what, ": it is named")
    expect(said$batches == 0, what, ": no work was begun")
    expect(!length(queue()), what, ": the queue is empty")
}

wanted <- commandArgs(TRUE)
for (name in if (length(wanted)) wanted else names(cases)) {
    cat("-- ", name, "\n", sep = "")
    tryCatch(cases[[name]](), error = function(e) {
        expect(FALSE, name, ": ", conditionMessage(e))
    })
}
left <- list.files(folder, "^registry-")
expect(!length(left), "no registry of jobs is left")
finish_tests()
