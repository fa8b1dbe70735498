# Several workers at once, on this machine.

cohort_of_files <- function(n = 4, rows = 1200, seed = 11,
                            env = parent.frame()) {
    write_cohort(random_cohort(n, rows, seed),
        withr::local_tempdir(.local_envir = env))
}

test_that("any workers make the same store, runs and values", {
    skip_without_workers()
    skip_on_os("windows")
    files <- cohort_of_files()
    sample <- suppressMessages(readRepertoire(files[1]))$junction_aa
    workers <- list(snow_workers(), BiocParallel::MulticoreParam(2),
        BiocParallel::SerialParam())
    cases <- list(
        list(method = "mcl", v_gene = "gene"),
        list(method = "components"),
        list(method = "two-step", borders = "cut", faiss_training_data = sample,
            faiss_cluster_size = 10, max_sequence_size = 24),
        list(method = "two-step", faiss_training_data = sample,
            faiss_cluster_size = 10, max_sequence_size = 24)
    )
    for (case in cases) {
        one <- do.call(clustering_of, c(list(files), case))
        tables <- list()
        one$batch_cluster_all(function(x) tables <<- c(tables, list(x)),
            columns = c("n_samples", "cluster_id"))
        expect_gt(length(tables), 1)
        expected <- stored_bytes(one$directory)
        # All of them for the first, one for the others.
        for (param in workers) {
            many <- do.call(clustering_of, c(list(files, param), case))
            values <- suppressMessages(many$batch_cluster_all(
                function(x, y) x, y = 1, columns = c("n_samples", "cluster_id"),
                BPPARAM = param
            ))
            expect_identical(values, tables)
            expect_identical(stored_bytes(many$directory)[c("kept", "done")],
                expected[c("kept", "done")])
            expect_identical(stored_bytes(many$directory)$shard, expected$shard)
            expect_null(many$batch_cluster())
            expect_equal(many$next_cluster, one$next_cluster)
            expect_identical(many$audit(), one$audit())
        }
        workers <- workers[1]
    }
})

test_that("pairs, singletons and matrices come from workers too", {
    skip_without_workers()
    beta <- random_cdr3(80, 12)
    file <- write_cohort(list(a = data.frame(
        junction_aa_alpha = rep(random_cdr3(8, 13), 10),
        junction_aa_beta = beta, v_call_alpha = "TRAV3",
        v_call_beta = "TRBV7-9"
    )))
    param <- snow_workers()
    one <- clustering_of(file, method = "mcl", chain = "AB")
    many <- clustering_of(file, param, method = "mcl", chain = "AB")
    table <- one$batch_cluster(singletons = TRUE, calc_cluster_matrix = TRUE)
    values <- many$batch_cluster_all(identity, singletons = TRUE,
        calc_cluster_matrix = TRUE, BPPARAM = param)
    expect_identical(values[[1]], table)
    expect_true(all(c("junction_aa_alpha", "cluster") %in% names(table)))
})

test_that("a worker that is killed is replaced, and nothing counts twice", {
    skip_without_workers()
    skip_on_os("windows")
    files <- cohort_of_files()
    one <- clustering_of(files, method = "mcl")
    expected <- list()
    one$batch_cluster_all(function(x) expected <<- c(expected, list(x)))
    for (param in list(BiocParallel::MulticoreParam(2), snow_workers())) {
        many <- clustering_of(files, method = "mcl")
        mark <- file.path(withr::local_tempdir(), "killed")
        kill_once <- function(x, mark, n) {
            if (x$cluster[1] == n && !file.exists(mark)) {
                file.create(mark)
                tools::pskill(Sys.getpid(), 9)
                Sys.sleep(10)
            }
            x
        }
        second <- expected[[2]]$cluster[1]
        expect_message(
            values <- many$batch_cluster_all(kill_once, mark, second,
                BPPARAM = param),
            "will be done again", class = "clustcr_message_workers"
        )
        expect_true(file.exists(mark))
        expect_identical(values, expected)
    }
})

test_that("workers that all end are an error with what there is", {
    skip_without_workers()
    skip_on_os("windows")
    many <- clustering_of(cohort_of_files(3), method = "mcl")
    first <- many$batch_cluster()
    many$batch_rewind()
    param <- BiocParallel::MulticoreParam(2)
    die <- function(x, n) {
        if (x$cluster[1] == n) tools::pskill(Sys.getpid(), 9)
        nrow(x)
    }
    e <- expect_error(
        suppressMessages(many$batch_cluster_all(die, first$cluster[1],
            BPPARAM = param)),
        "had no answer in 3 attempts", class = "clustcr_error_worker"
    )
    values <- attr(e, "result")
    expect_identical(BiocParallel::bpok(values)[1], FALSE)
    many$batch_rewind()
    # Only what is missing is done again.
    there <- BiocParallel::bpok(values)
    values[there] <- list("kept")
    again <- many$batch_cluster_all(nrow, BPPARAM = param, BPREDO = values)
    expect_identical(again[[1]], nrow(first))
    expect_identical(vapply(again, identical, NA, "kept"), there)
})

test_that("an error of FUN tells its worker's words, and BPREDO goes on", {
    skip_without_workers()
    many <- clustering_of(cohort_of_files(3), method = "mcl")
    param <- snow_workers()
    calls <- withr::local_tempdir()
    fragile <- function(x, calls, fail) {
        file.create(file.path(calls, basename(tempfile(format(x$cluster[1])))))
        warning("thin ice at ", x$cluster[1])
        if (fail && x$cluster[1] == 1) stop("it broke")
        nrow(x)
    }
    e <- expect_error(
        many$batch_cluster_all(fragile, calls, TRUE, BPPARAM = param),
        "it broke.*`FUN` of unit 1.*thin ice at 1", class = "bplist_error"
    )
    expect_s3_class(e, "simpleError")
    expect_false(inherits(e, "clustcr_error"))
    values <- BiocParallel::bptry(stop(e))
    expect_identical(which(!BiocParallel::bpok(values)), 1L)
    n <- length(list.files(calls))
    expect_identical(n, length(values))
    again <- many$batch_cluster_all(fragile, calls, FALSE, BPPARAM = param,
        BPREDO = values)
    expect_identical(length(list.files(calls)), n + 1L)
    expect_true(all(vapply(again, is.integer, NA)))
    expect_error(many$batch_cluster_all(nrow, BPPARAM = param, BPREDO =
        list(1), rewind = TRUE), "`BPREDO` must have a value for each")
})

test_that("a file that can't be read adds nothing; BPREDO reads it alone", {
    skip_without_workers()
    files <- cohort_of_files()
    good <- readLines(files[3])
    writeLines(c("a\tb", "1\t2"), files[3])
    param <- snow_workers()
    clustering <- Clustering(method = "mcl",
        directory = withr::local_tempdir())
    e <- expect_error(
        clustering$batch_precluster_files(files, BPPARAM = param),
        "c[.]tsv", class = "clustcr_error_format"
    )
    expect_identical(nrow(clustering$batches()), 0L)
    writeLines(good, files[3])
    staged <- attr(e, "result")
    # Others are not read again.
    unlink(files[-3])
    for (file in files[-3]) file.create(file)
    clustering$batch_precluster_files(files, BPPARAM = param, BPREDO = staged)
    expect_identical(clustering$batches()$repertoire_id, letters[1:4])
    expect_true(all(clustering$batches()$rows == 1200))
    expect_error(
        clustering$batch_precluster_files(files[1], BPPARAM = param),
        "a.* is in the store already", class = "clustcr_error_duplicate_batch"
    )
})

test_that("arguments of batch_precluster_files() are checked before work", {
    files <- cohort_of_files(2)
    clustering <- Clustering(method = "mcl")
    add <- clustering$batch_precluster_files
    expect_error(add("no_such_file"), "`files` must name files that are there")
    expect_error(add(files, "one"), "`names` must be a name for each")
    expect_error(add(files, c("a", "a")), "`names` must be a name for each")
    expect_error(add(files, colour = 1), "has no argument `colour`")
    expect_error(add(files, BPPARAM = 2), "must be a BiocParallelParam")
    expect_error(clustering$batches(), class = "clustcr_error_no_batches")
    expect_identical(add(files, c("x", "y"))$batches()$repertoire_id, c("x",
        "y"))
})

test_that("a cohort by workers is that of one process", {
    skip_without_workers()
    files <- cohort_of_files(5)
    param <- snow_workers()
    for (method in c("mcl", "two-step")) {
        cluster <- function(files, directory, ...) {
            cohort_clusters(files, method = method, borders = "cut",
                faiss_cluster_size = 100, memory_limit = "1MB",
                directory = directory, ...)
        }
        one <- cluster(files, withr::local_tempdir())
        directory <- withr::local_tempdir()
        # Centroids are of the files of the first call.
        if (method == "mcl") cluster(files[1:3], directory, BPPARAM = param)
        many <- cluster(files, directory, BPPARAM = param)
        expect_identical(as.data.frame(many), as.data.frame(one))
        expect_identical(many@audit, one@audit)
        expect_identical(many@units, one@units)
        expect_identical(clusterMatrix(many), clusterMatrix(one))
    }
    expect_false(any(grepl("staged|drawn", list.files(directory,
        recursive = TRUE))))
})

test_that("what workers had read when a call ended is not read again", {
    skip_without_workers()
    files <- cohort_of_files(4)
    good <- readLines(files[2])
    writeLines(c("a\tb", "1\t2"), files[2])
    directory <- withr::local_tempdir()
    param <- snow_workers()
    expect_error(
        cohort_clusters(files, directory = directory, BPPARAM = param),
        "repertoire \"b\".*b[.]tsv", class = "clustcr_error_format"
    )
    notes <- list.files(file.path(directory, "cohort"), "^staged-",
        full.names = TRUE)
    expect_length(notes, 2)  # "a" is in, "c" and "d" are staged
    # One of them is damaged: its file is read again.
    writeLines("damaged", notes[1])
    writeLines(good, files[2])
    x <- cohort_clusters(files, directory = directory, BPPARAM = param)
    expect_identical(as.data.frame(x), as.data.frame(cohort_clusters(files)))
    expect_length(list.files(file.path(directory, "cohort"), "^staged-"), 0)
    expect_false(dir.exists(file.path(directory, "shards", "staged")) &&
        length(list.files(file.path(directory, "shards", "staged"))) > 0)
})

test_that("workers read again what has changed, in the place of what is in", {
    skip_without_workers()
    files <- cohort_of_files(3)
    directory <- withr::local_tempdir()
    param <- snow_workers()
    cohort_clusters(files, directory = directory, BPPARAM = param)
    lines <- readLines(files[2])
    writeLines(lines[-2], files[2])
    x <- cohort_clusters(files, directory = directory, BPPARAM = param,
        changed = "replace")
    columns <- c("duplicate_count", "sample_counts")
    expected <- cohort_clusters(files)
    # The order of samples is that of their last reading.
    expect_setequal(clusterSamples(x)$repertoire_id,
        clusterSamples(expected)$repertoire_id)
    expect_identical(cluster_sets(as.data.frame(x)),
        cluster_sets(as.data.frame(expected)))
    expect_identical(sum(as.data.frame(x, columns = columns)$duplicate_count),
        sum(as.data.frame(expected, columns = columns)$duplicate_count))
    given <- function(x) {
        about <- clusterAudit(x)
        sort(stats::setNames(about$given, about$repertoire_id))
    }
    expect_identical(given(x), given(expected))
})

test_that("what is planted beside a store is no answer of a worker", {
    skip_without_workers()
    files <- cohort_of_files(3)
    directory <- withr::local_tempdir()
    marker <- withr::local_tempfile()
    param <- snow_workers()
    good <- readLines(files[2])
    writeLines(c("a\tb", "1\t2"), files[2])
    expect_error(cohort_clusters(files, directory = directory,
        BPPARAM = param), class = "clustcr_error_format")
    notes <- list.files(file.path(directory, "cohort"), "^staged-.*txt$",
        full.names = TRUE)
    expect_gt(length(notes), 0)
    for (note in notes) writeBin(promise_rds(marker), note)
    expect_error(cohort_clusters(files, directory = directory,
        BPPARAM = param), class = "clustcr_error_format")
    # A note that says what can't be is none.
    write_data(list(keys = "../../x", counts = list(1)), notes[1],
        "staged file")
    writeLines(good, files[2])
    x <- cohort_clusters(files, directory = directory, BPPARAM = param)
    expect_identical(as.data.frame(x), as.data.frame(cohort_clusters(files)))
    expect_false(file.exists(marker))
})

test_that("on_error skips a file that workers can't read", {
    skip_without_workers()
    files <- cohort_of_files(4)
    writeLines("\001\002 nothing", files[3])
    param <- snow_workers()
    expect_warning(
        many <- cohort_clusters(files, on_error = "skip", BPPARAM = param),
        "1 file could not be read.*c:"
    )
    expect_warning(one <- cohort_clusters(files, on_error = "skip"), "c:")
    expect_identical(as.data.frame(many), as.data.frame(one))
})

test_that("a directory or file that a worker can't see is told", {
    files <- cohort_of_files(2)
    task <- list(
        version = as.character(packageVersion("clustcr")), token = "x",
        probes = file.path(withr::local_tempdir(), "probe"), files = files,
        sizes = file.size(files), share = 1L
    )
    expect_error(probe_worker(task), "must see '.*', but does not",
        class = "clustcr_error_worker")
    writeLines("y", task$probes)
    expect_error(probe_worker(task), "must see", class = "clustcr_error_worker")
    writeLines("x", task$probes)
    expect_gte(probe_worker(task)$threads, 1)
    expect_identical(list.files(dirname(task$probes)), "probe")
    other <- utils::modifyList(task, list(sizes = task$sizes + 1))
    expect_error(probe_worker(other), "sees other files")
    other <- utils::modifyList(task, list(files = c(files, "/none/of/it")))
    expect_error(probe_worker(other), "must see all files; not .*/none/of/it")
    other <- utils::modifyList(task, list(version = "0.0.1"))
    expect_error(probe_worker(other), "must have clustcr 0.0.1")
})

test_that("threads and memory of workers are what was granted", {
    bare <- stats::setNames(rep(NA_character_, length(cpu_variables) + 3),
        c(cpu_variables, "OMP_THREAD_LIMIT", "SLURM_MEM_PER_NODE",
            "SLURM_MEM_PER_CPU"))
    withr::local_envvar(bare)
    all <- cpp_available_threads()
    expect_identical(granted_threads(), all)
    for (name in c(cpu_variables, "OMP_THREAD_LIMIT")) {
        withr::with_envvar(stats::setNames("1", name), {
            expect_identical(granted_threads(), 1L)
            expect_identical(check_threads("all"), 1L)
        })
        withr::with_envvar(stats::setNames("1000", name), {
            expect_identical(granted_threads(), all)
        })
        withr::with_envvar(stats::setNames("lots", name), {
            expect_identical(granted_threads(), all)
        })
    }
    expect_identical(task_threads(list(share = 1L)), all)
    expect_identical(task_threads(list(share = 2L * all)), 1L)
    expect_identical(task_threads(list(share = 1L, threads = 1L)), 1L)
    expect_identical(task_threads(list(share = 1L, threads = 1000L)), all)
    withr::with_envvar(c(SLURM_MEM_PER_NODE = "512"), {
        expect_lte(granted_memory(), 2^29)
    })
    withr::with_envvar(
        c(SLURM_MEM_PER_CPU = "100", SLURM_CPUS_ON_NODE = "3"),
        expect_lte(granted_memory(), 300 * 2^20)
    )
})

test_that("the memory limit is no more than workers have", {
    skip_without_workers()
    skip_on_os("windows")
    withr::local_envvar(SLURM_MEM_PER_NODE = "1")
    files <- cohort_of_files(3)
    many <- Clustering(method = "mcl", directory = withr::local_tempdir())
    many$batch_precluster_files(files)
    expect_message(
        values <- many$batch_cluster_all(identity,
            BPPARAM = BiocParallel::MulticoreParam(2)),
        "Workers have .* each; `memory_limit` is",
        class = "clustcr_message_workers"
    )
    one <- Clustering(method = "mcl")
    one$batch_precluster_files(files)
    expect_identical(do.call(rbind, values), batch_table(one))
})

test_that("a worker that ends before it is connected is not waited for", {
    skip_without_workers()
    skip_on_os("windows")
    profile <- withr::local_tempfile()
    writeLines("quit(\"no\")", profile)
    withr::local_envvar(R_PROFILE_USER = profile)
    engine <- new_engine(BiocParallel::SnowParam(1))
    began <- proc.time()[["elapsed"]]
    expect_error(bring_up(engine, attempts = 2, seconds = 2L),
        "the workers did not start in 2 attempts",
        class = "clustcr_error_worker")
    expect_lt(proc.time()[["elapsed"]] - began, 60)
    expect_gt(snow_timeout(NULL), 1000)
})

test_that("forks that are dropped at work have ended before others start", {
    skip_without_workers()
    skip_on_os("windows")
    engine <- new_engine(BiocParallel::MulticoreParam(2))
    bring_up(engine)
    pids <- engine$forks$pids
    expect_length(unique(pids), 2)
    expect_identical(tools::pskill(pids, 0L), c(TRUE, TRUE))
    expect_identical(cpp_children_ended(pids), c(FALSE, FALSE))
    drop_workers(engine)
    expect_identical(cpp_children_ended(pids), c(TRUE, TRUE))
    expect_false(BiocParallel::bpisup(engine$param))
})

test_that("forks that nobody collects are not waited for", {
    skip_without_workers()
    skip_on_os("windows")
    # In an R of its own, as it is spoilt: parallel's handler of SIGCHLD is not
    # called again once processx has set its own, and taken it away.
    seconds <- in_session(function() {
        engine <- getFromNamespace("new_engine", "clustcr")(
            BiocParallel::MulticoreParam(2))
        getFromNamespace("bring_up", "clustcr")(engine)
        other <- processx::process$new("true")
        other$wait()
        rm(other)
        gc()
        pids <- engine$forks$pids
        seconds <- system.time(
            getFromNamespace("drop_workers", "clustcr")(engine)
        )[["elapsed"]]
        c(seconds, getFromNamespace("cpp_children_ended", "clustcr")(pids))
    })
    expect_lt(seconds[1], 5)
    expect_identical(seconds[-1], c(1, 1))
})

test_that("a scheduler that does not answer for a while is asked again", {
    asked <- 0
    ask <- function(reg) {
        asked <<- asked + 1
        if (asked < 3) stop("slurm_load_jobs error: Unable to contact")
        reg
    }
    expect_identical(ask_patiently(ask, 1)("12"), "12")
    expect_identical(asked, 3)
    registry <- new.env()
    registry$cluster.functions <- list(listJobsQueued = ask, killJob = 1)
    asked <- 2
    be_patient(registry, 1)
    expect_identical(registry$cluster.functions$listJobsQueued("3"), "3")
    expect_named(registry$cluster.functions, c("listJobsQueued", "killJob"))
    never <- function(reg) stop("Unable to contact slurm controller")
    expect_error(ask_patiently(never, 0.2)("12"), "Unable to contact")
})

test_that("near workers and jobs know how many of them share a machine", {
    skip_without_workers()
    about <- function(engine) list(class(engine), engine$share, engine$far)
    expect_equal(about(new_engine(BiocParallel::SnowParam(3))),
        list("near_workers", 3L, FALSE))
    expect_equal(
        about(new_engine(BiocParallel::SnowParam(c("a", "b", "a")))),
        list("near_workers", 2L, TRUE)
    )
    # No scheduler need be there.
    jobs <- function(cluster) {
        job_workers(list(param = list(cluster = cluster), workers = 4L))
    }
    expect_equal(about(jobs("slurm")), list("job_workers", 1L, TRUE))
    expect_equal(about(jobs("socket")), list("job_workers", 4L, FALSE))
})

test_that("a cohort by jobs on this machine is that of one process", {
    skip_without_workers()
    skip_if_not_installed("batchtools")
    skip_on_os("windows")
    files <- cohort_of_files(3)
    one <- cohort_clusters(files)
    folder <- withr::local_tempdir()
    registry <- BiocParallel::batchtoolsRegistryargs(
        file.dir = file.path(folder, "registry"), work.dir = tempdir())
    many <- cohort_clusters(files, BPPARAM = BiocParallel::BatchtoolsParam(2,
        "socket", registryargs = registry))
    expect_identical(as.data.frame(many), as.data.frame(one))
    expect_identical(many@audit, one@audit)
    expect_length(list.files(folder), 0)
})
