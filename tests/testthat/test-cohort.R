# What the files hold, clustered in memory: the oracle.
clusters_in_memory <- function(tables, ...) {
    rows <- do.call(rbind, lapply(tables, function(x) {
        x[c("junction_aa", "v_call")]
    }))
    cluster_sets(as.data.frame(suppressMessages(
        Clustering(mcl_params = c(1.5, 2), ...)$fit(rows)
    )))
}

test_that("clusters are those of all files together", {
    tables <- random_cohort(4, 120, 11)
    files <- write_cohort(tables)
    for (method in c("mcl", "components")) {
        for (v_gene in c("none", "family", "gene")) {
            x <- cohort_clusters(files, method = method, v_gene = v_gene)
            expect_identical(
                cluster_sets(as.data.frame(x)),
                clusters_in_memory(tables, method = method, v_gene = v_gene)
            )
        }
    }
    x <- cohort_clusters(files, distance = "levenshtein", v_gene = "none")
    expect_identical(cluster_sets(as.data.frame(x)),
        clusters_in_memory(tables, method = "mcl", distance = "levenshtein"))
})

test_that("files are given by path, name, folder, pattern and sheet", {
    tables <- random_cohort(3, 60, 12)
    folder <- withr::local_tempdir()
    files <- write_cohort(tables, folder)
    expected <- as.data.frame(cohort_clusters(files))
    ids <- function(x) clusterSamples(x)$repertoire_id
    x <- cohort_clusters(folder)
    expect_identical(ids(x), c("a", "b", "c"))
    expect_identical(as.data.frame(x), expected)
    x <- cohort_clusters(file.path(folder, "[ab].tsv"))
    expect_identical(ids(x), c("a", "b"))
    x <- cohort_clusters(c(one = files[1], two = files[2]))
    expect_identical(ids(x), c("one", "two"))
    expect_error(cohort_clusters(c(one = files[1], two = files[1])),
        "is there as", class = "clustcr_error_invalid_argument")
    expect_identical(ids(cohort_clusters(c(one = files[1], one = files[1]))),
        "one")
    sheet <- data.frame(file = files[3:1], repertoire_id = c("z", "y", "x"),
        age = c(3, 2, 1))
    x <- cohort_clusters(sheet)
    expect_identical(clusterSamples(x)[c("repertoire_id", "file", "age")],
        sheet[c("repertoire_id", "file", "age")])
    expect_setequal(cluster_sets(as.data.frame(x)), cluster_sets(expected))
})

test_that("a sheet's files are relative to it, its names are text", {
    folder <- withr::local_tempdir()
    files <- write_cohort(random_cohort(2, 60, 13), folder)
    for (ending in c(".tsv", ".csv")) {
        separator <- if (ending == ".csv") "," else "\t"
        sheet <- withr::local_tempfile(tmpdir = folder, fileext = ending)
        utils::write.table(
            data.frame(file = basename(files), repertoire_id = c("007", "1e3"),
                age = 1:2, sex = c("F", NA)),
            sheet, sep = separator, row.names = FALSE, quote = FALSE
        )
        x <- cohort_clusters(sheet)
        expect_identical(clusterSamples(x)$repertoire_id, c("007", "1e3"))
        expect_identical(clusterSamples(x)$file, normalizePath(files))
        expect_identical(clusterSamples(x)$age, 1:2)
        expect_identical(clusterSamples(x)$sex, c("F", NA))
        # The folder's own.
        suppressMessages(
            expect_message(y <- clusterRepertoires(folder), "sample sheet is")
        )
        expect_identical(clusterSamples(y), clusterSamples(x))
        expect_error(clusterRepertoires(sheet, data.frame()), "`samples`",
            class = "clustcr_error_invalid_argument")
        unlink(sheet)
    }
})

test_that("samples and files must be of each other", {
    files <- write_cohort(random_cohort(2, 60, 14))
    known <- data.frame(sample_id = c("b", "a"), age = c(2, 1))
    x <- cohort_clusters(files, known)
    expect_identical(clusterSamples(x)$age, c(1, 2))
    refused <- function(...) {
        expect_error(cohort_clusters(...), class = "clustcr_error_samples")
    }
    refused(files, known[1, ])
    refused(files[1], known)
    refused(files, known[c(1, 2, 2), ])
    refused(data.frame(file = files[c(1, 1)], repertoire_id = c("a", "b")))
    expect_error(cohort_clusters(data.frame(a = 1)), "`file`",
        class = "clustcr_error_invalid_argument")
    expect_error(cohort_clusters(data.frame(file = NA_character_)), "row 1",
        class = "clustcr_error_invalid_argument")
    for (bad in list(character(), NA_character_, 1, "no such file*")) {
        expect_error(cohort_clusters(bad), "`files`",
            class = "clustcr_error_invalid_argument")
    }
})

test_that("files that are called alike are named by their folders", {
    ids_of_files <- getFromNamespace("ids_of_files", "clustcr")
    expect_identical(
        ids_of_files(c("/x/p1/outs/filtered_contig_annotations.csv",
            "/x/p2/outs/filtered_contig_annotations.csv")),
        c("p1", "p2")
    )
    expect_identical(ids_of_files(c("/x/a/t.tsv", "/x/b/t.tsv", "/x/u.csv")),
        c("a_t", "b_t", "u"))
})

test_that("files are in once: called again, only others are read", {
    tables <- random_cohort(3, 100, 15)
    files <- write_cohort(tables)
    directory <- withr::local_tempdir()
    x <- cohort_clusters(files[1:2], directory = directory)
    before <- files_below(file.path(directory, "shards"))
    same <- cohort_clusters(files[1:2], directory = directory)
    expect_identical(files_below(file.path(directory, "shards")), before)
    expect_identical(as.data.frame(same), as.data.frame(x))
    expect_identical(same@run_id, x@run_id)
    all <- cohort_clusters(files, directory = directory)
    after <- files_below(file.path(directory, "shards"))
    records <- grep("batches/", names(before), value = TRUE)
    expect_length(records, 2)
    expect_identical(after[records], before[records])
    expect_identical(as.data.frame(all, columns = "sample_counts"),
        as.data.frame(cohort_clusters(files), columns = "sample_counts"))
    # Without one that is in.
    expect_error(cohort_clusters(files[2:3], directory = directory), "\"a\"",
        class = "clustcr_error_samples")
})

test_that("changed files are noticed, and replaced where asked for", {
    tables <- random_cohort(2, 100, 16)
    folder <- withr::local_tempdir()
    files <- write_cohort(tables, folder)
    directory <- withr::local_tempdir()
    cohort_clusters(files, directory = directory)
    # The same size, another residue.
    text <- readLines(files[2])
    writeLines(sub("^.", "W", text[-1]) |> append(text[1], after = 0),
        files[2])
    expect_error(cohort_clusters(files, directory = directory), "b.tsv",
        class = "clustcr_error_changed")
    x <- cohort_clusters(files, directory = directory, changed = "replace")
    expect_identical(as.data.frame(x, columns = "sample_counts"),
        as.data.frame(cohort_clusters(files), columns = "sample_counts"))
    expect_identical(sum(clusterAudit(x)$given), 200)
    # The first too, which makes it the last of the store.
    writeLines(text, files[1])
    x <- cohort_clusters(files, directory = directory, changed = "replace")
    y <- cohort_clusters(files)
    expect_identical(clusterSamples(x)$repertoire_id, c("b", "a"))
    sorted <- function(x) {
        found <- do.call(rbind, lapply(seq_len(length(x)),
            clusterMembers, x = x))
        found[order(found$cluster, found$junction_aa, found$v_call,
            found$repertoire_id, method = "radix"), ]
    }
    expect_identical(sorted(x), sorted(y), ignore_attr = "row.names")
})

test_that("a changed argument is an error that names it", {
    files <- write_cohort(random_cohort(2, 60, 17))
    directory <- withr::local_tempdir()
    cohort_clusters(files, directory = directory)
    changes <- list(
        method = "components", chain = "A", v_gene = "none",
        mcl_params = c(2, 2), format = "airr",
        columns = c(junction_aa = "junction_aa"), j_gene = "gene",
        distance = "levenshtein", max_distance = 2, missing_genes = "none",
        ambiguous_genes = "any", productive = FALSE, seed = 7
    )
    for (name in names(changes)) {
        expect_error(
            do.call(cohort_clusters, c(list(files, directory = directory),
                changes[name])),
            paste0("^`", name, "` must be"),
            class = "clustcr_error_invalid_argument"
        )
    }
    # These change no result.
    x <- cohort_clusters(files, directory = directory, n_cpus = 2,
        memory_limit = "1GB", chunk_size = 7, on_error = "skip")
    expect_gt(length(x), 0)
    expect_error(cohort_clusters(files, cpus = 2), "no argument `cpus`",
        class = "clustcr_error_invalid_argument")
    expect_error(cohort_clusters(files, v_gene = "x"), "`v_gene`",
        class = "clustcr_error_invalid_argument")
    expect_error(cohort_clusters(files, on_error = "x"), "`on_error`",
        class = "clustcr_error_invalid_argument")
})

test_that("a directory of something else is left alone", {
    files <- write_cohort(random_cohort(1, 60, 18))
    directory <- withr::local_tempdir()
    run <- Clustering(method = "mcl", directory = directory)
    run$batch_precluster(c("CASSLGQAYEQYF", "CASSPGQAYEQYF"))
    before <- files_below(directory)
    expect_error(cohort_clusters(files, directory = directory),
        class = "clustcr_error_exists")
    expect_identical(files_below(directory), before)
    file <- withr::local_tempfile(lines = "mine")
    expect_error(cohort_clusters(files, directory = file), "`directory`",
        class = "clustcr_error_invalid_argument")
    expect_identical(readLines(file), "mine")
})

test_that("damage to what the directory remembers is noticed", {
    files <- write_cohort(random_cohort(1, 60, 19))
    directory <- withr::local_tempdir()
    cohort_clusters(files, directory = directory)
    for (name in c("files.tsv", "arguments.tsv")) {
        path <- file.path(directory, "cohort", name)
        whole <- readBin(path, "raw", 1e6)
        for (damaged in list(whole[-5], head(whole, -1), raw(),
            replace(whole, 9, as.raw(0x41)))) {
            writeBin(damaged, path)
            expect_error(cohort_clusters(files, directory = directory), name,
                fixed = TRUE, class = "clustcr_error_damaged")
        }
        writeBin(whole, path)
    }
    # What is lost of the object is made again.
    path <- file.path(directory, "cohort", "clusters.txt")
    writeLines("no record", path)
    expect_message(x <- openClusters(directory), "The sample sheet is not in",
        class = "clustcr_message_sheet")
    expect_s4_class(x, "RepertoireClusters")
    expect_s4_class(cohort_clusters(files, directory = directory),
        "RepertoireClusters")
})

test_that("a directory runs nothing: objects of R are not read", {
    files <- write_cohort(random_cohort(2, 60, 22))
    directory <- withr::local_tempdir()
    sheet <- data.frame(repertoire_id = c("a", "b"), group = c("x", "y"))
    x <- cohort_clusters(files, sheet, directory = directory)
    path <- file.path(directory, "cohort", "clusters.txt")
    marker <- withr::local_tempfile()
    plant <- function(name) {
        for (connection in list(file, gzfile)) {
            to <- connection(file.path(directory, name), "wb")
            writeBin(promise_rds(marker), to)
            close(to)
        }
    }
    unlink(path)
    for (name in c("cohort/clusters.rds", "cohort/clusters.txt",
        "cohort/staged-0123456789abcdef0123456789abcdef.rds",
        "tasks-0123456789abcdef/tasks.rds")) {
        dir.create(dirname(file.path(directory, name)), FALSE)
        plant(name)
        y <- suppressMessages(openClusters(directory))
        expect_identical(as.data.frame(y), as.data.frame(x))
        # What the store and the table of files know is there.
        expect_identical(clusterSamples(y),
            clusterSamples(x)[c("repertoire_id", "file")])
        expect_identical(clusterAudit(y), clusterAudit(x))
        unlink(file.path(directory, name))
    }
    plant("cohort/clusters.rds")
    expect_message(openClusters(directory), "0.2.0.*because it can run code",
        class = "clustcr_message_sheet")
    again <- cohort_clusters(files, sheet, directory = directory)
    expect_identical(clusterSamples(again), clusterSamples(x))
    expect_identical(openClusters(directory), again)
    Clustering(directory = directory)$batch_cleanup()
    expect_false(file.exists(marker))
})

test_that("what clustcr 0.2.0 kept beside a store goes with it", {
    files <- write_cohort(random_cohort(2, 60, 23))
    directory <- withr::local_tempdir()
    x <- cohort_clusters(files, directory = directory)
    folder <- file.path(directory, "cohort")
    unlink(file.path(folder, "clusters.txt"))
    saveRDS(x, file.path(folder, "clusters.rds"))
    saveRDS(list(keys = "a", counts = list(), without_v_call = 0),
        file.path(folder, paste0("staged-", strrep("0a", 16), ".rds")))
    y <- suppressMessages(openClusters(directory))
    expect_identical(as.data.frame(y), as.data.frame(x))
    Clustering(directory = directory)$batch_cleanup()
    expect_length(list.files(directory), 0)
})

test_that("a file of which any end differs has changed", {
    folder <- withr::local_tempdir()
    file <- file.path(folder, "a.tsv")
    lines <- paste0(random_cdr3(40, 24), "\t", strrep("x", 1e5))
    writeLines(c("junction_aa\tnote", lines), file)
    directory <- file.path(folder, "kept")
    cohort_clusters(file, directory = directory)
    bytes <- readBin(file, "raw", file.size(file))
    n <- length(bytes)
    # In the first and in the last megabyte; what lies between is not looked at.
    for (at in c(300, n - 2^20 + 5, n - 2^19, n - 10)) {
        writeBin(replace(bytes, at, charToRaw("y")), file)
        expect_error(cohort_clusters(file, directory = directory), "a.tsv",
            class = "clustcr_error_changed")
    }
    writeBin(bytes, file)
    expect_s4_class(cohort_clusters(file, directory = directory),
        "RepertoireClusters")
    for (ends in list(bytes[seq_len(n - 1L)], c(bytes, as.raw(10)))) {
        writeBin(ends, file)
        expect_error(cohort_clusters(file, directory = directory),
            class = "clustcr_error_changed")
    }
})

test_that("a first call that reads nothing leaves nothing", {
    folder <- withr::local_tempdir()
    file <- file.path(folder, "a.tsv")
    writeLines(c("a\tb", "1\t2"), file)
    for (method in c("mcl", "two-step")) {
        directory <- file.path(folder, "new")
        expect_error(cohort_clusters(file, directory = directory,
            method = method), class = "clustcr_error_format")
        expect_false(file.exists(directory))
    }
    # A folder that was there stays, with what is in it.
    dir.create(directory)
    writeLines("mine", file.path(directory, "notes.txt"))
    expect_error(cohort_clusters(file, directory = directory),
        class = "clustcr_error_format")
    expect_identical(list.files(directory, recursive = TRUE), "notes.txt")
    # What was read of others stays.
    good <- write_cohort(random_cohort(1, 30, 25))
    expect_error(cohort_clusters(c(a = good, b = file), directory = directory),
        class = "clustcr_error_format")
    expect_identical(Clustering(directory = directory)$batches()$repertoire_id,
        "a")
})

test_that("chunks give what whole files give", {
    tables <- random_cohort(2, 130, 20)
    tables$b$junction_aa[c(3, 50)] <- c("CASS*F", "")
    files <- write_cohort(tables)
    whole <- cohort_clusters(files)
    directory <- withr::local_tempdir()
    parts <- cohort_clusters(files, chunk_size = 17, directory = directory)
    columns <- c("duplicate_count", "sample_counts")
    expect_identical(as.data.frame(parts, columns = columns),
        as.data.frame(whole, columns = columns))
    expect_identical(as.data.frame(clusterAudit(parts)),
        as.data.frame(clusterAudit(whole)))
    expect_identical(parts@counts, whole@counts)
})

test_that("a kill loses at most the file being read", {
    skip_if_not_installed("callr")
    tables <- random_cohort(6, 100, 21)
    files <- write_cohort(tables)
    expected <- as.data.frame(cohort_clusters(files), columns =
        "sample_counts")
    for (stop_at in c(1, 3, 6)) {
        for (stage in c("begin", "middle", "end")) {
            directory <- withr::local_tempdir()
            # The process ends itself as kill -9 does.
            callr_status <- tryCatch(callr::r(function(files, directory,
                                                       stop_at, stage) {
                die <- function() tools::pskill(Sys.getpid(), 9)
                space <- asNamespace("clustcr")
                put <- function(name, value) {
                    unlockBinding(name, space)
                    assign(name, value, space)
                }
                seen <- 0
                add_file <- space$add_file
                remember_file <- space$remember_file
                put("add_file", function(plan, clustering, ...) {
                    seen <<- seen + 1
                    if (stage == "begin" && seen == stop_at) die()
                    if (stage == "middle" && seen == stop_at) {
                        # One chunk of several is in.
                        add <- space$cpp_store_add_staged
                        put("cpp_store_add_staged", function(...) {
                            add(...)
                            die()
                        })
                    }
                    add_file(plan, clustering, ...)
                })
                put("remember_file", function(...) {
                    if (stage == "end" && seen == stop_at) die()
                    remember_file(...)
                })
                clustcr::clusterRepertoires(files, directory = directory,
                    chunk_size = 30)
            }, list(files, directory, stop_at, stage), timeout = 600),
                error = function(e) "killed")
            expect_identical(callr_status, "killed")
            read <- character()
            trace_read <- function(m) {
                read <<- c(read, conditionMessage(m))
                tryInvokeRestart("muffleMessage")
            }
            x <- withCallingHandlers(
                clusterRepertoires(files, directory = directory,
                    chunk_size = 30),
                clustcr_message_stage = trace_read
            )
            expect_match(read, paste0("Read ", 7 - stop_at, " file"),
                fixed = TRUE, all = FALSE)
            expect_identical(as.data.frame(x, columns = "sample_counts"),
                expected)
        }
    }
})

test_that("a file that fails is named, and stops or is left out", {
    tables <- random_cohort(3, 80, 22)
    folder <- withr::local_tempdir()
    files <- write_cohort(tables, folder)
    whole <- readLines(files[2])
    writeLines(c("alpha,beta", "1,2"), files[2])
    error <- expect_error(cohort_clusters(files),
        class = "clustcr_error_format")
    expect_match(conditionMessage(error), "repertoire \"b\"", fixed = TRUE)
    expect_match(conditionMessage(error), "b.tsv", fixed = TRUE)
    directory <- withr::local_tempdir()
    expect_warning(
        x <- cohort_clusters(files, directory = directory, on_error = "skip"),
        "1 file could not be read .*b: "
    )
    expect_identical(clusterSamples(x)$repertoire_id, c("a", "c"))
    expect_output(print(x), "Failed: 1 file, \"b\"", fixed = TRUE)
    expect_identical(as.data.frame(x),
        as.data.frame(cohort_clusters(files[c(1, 3)])))
    # Mended, it is taken by the next call.
    writeLines(whole, files[2])
    x <- cohort_clusters(files, directory = directory)
    expect_setequal(clusterSamples(x)$repertoire_id, c("a", "b", "c"))
    expect_identical(as.data.frame(x), as.data.frame(cohort_clusters(files)))
    # One that is not there.
    expect_error(cohort_clusters(data.frame(file = c(files, "none.tsv"))),
        "none.tsv", class = "clustcr_error_io")
    expect_warning(
        y <- cohort_clusters(data.frame(file = c(files, "none.tsv")),
            on_error = "skip"),
        "none"
    )
    expect_identical(as.data.frame(y), as.data.frame(x))
    expect_error(cohort_clusters(data.frame(file = "none.tsv"),
        on_error = "skip"), "none.tsv", class = "clustcr_error_no_files")
})

test_that("methods with k-means draw their sample over all files", {
    tables <- random_cohort(3, 400, 23)
    files <- write_cohort(tables)
    valid <- sum(vapply(tables, nrow, 0L))
    messages <- character()
    cluster <- function(...) {
        withCallingHandlers(
            clusterRepertoires(files, method = "two-step",
                faiss_cluster_size = 100, ...),
            message = function(m) {
                messages <<- c(messages, conditionMessage(m))
                tryInvokeRestart("muffleMessage")
            }
        )
    }
    x <- cluster(borders = "join")
    expect_match(messages, "Trained 12 centroids", all = FALSE)
    expect_identical(cluster_sets(as.data.frame(x)),
        clusters_in_memory(tables, method = "mcl", v_gene = "gene"))
    # Cut borders: the draw depends on the seed alone.
    y <- cluster(borders = "cut", seed = 5)
    expect_identical(as.data.frame(cluster(borders = "cut", seed = 5)),
        as.data.frame(y))
    expect_gt(max(as.data.frame(y)$precluster), 1)
    # And leaves the caller's random numbers alone.
    withr::local_seed(3)
    before <- .Random.seed
    cluster(borders = "cut")
    expect_identical(.Random.seed, before)
    # Resumed, it needs no second training.
    directory <- withr::local_tempdir()
    first <- cluster(directory = directory)
    messages <- character()
    expect_identical(as.data.frame(cluster(directory = directory)),
        as.data.frame(first))
    expect_false(any(grepl("Trained", messages)))
})

test_that("the reservoir keeps each row with the same chance", {
    draw_from <- getFromNamespace("draw_from", "clustcr")
    add_draw <- getFromNamespace("add_draw", "clustcr")
    space <- new.env(parent = environment(add_draw))
    space$largest_sample <- 20
    environment(add_draw) <- space
    pool <- random_cdr3(60, 24)
    taken <- withr::with_seed(1, rowSums(vapply(1:600, function(i) {
        parts <- split(pool, rep(1:5, c(3, 30, 1, 20, 6)))
        draw <- Reduce(add_draw, lapply(parts, draw_from))
        stopifnot(length(draw$sample) == 20, draw$rows == 60)
        pool %in% draw$sample
    }, logical(60))))
    # 200 of 600 each, with a standard deviation of 11.5.
    expect_gt(stats::chisq.test(taken)$p.value, 1e-4)
    expect_lt(max(abs(taken - 200)), 60)
})

test_that("pairs of both chains are clustered", {
    dash <- data.frame(
        junction_aa_alpha = c("CAVRDSNYQLIW", "CAVRDSNYQLIW", "CAVLDSNYQLIW"),
        junction_aa_beta = c("CASSLGQAYEQYF", "CASSPGQAYEQYF",
            "CASSLGQAYEQYF"),
        v_call_alpha = "TRAV3", v_call_beta = "TRBV7-9"
    )
    files <- write_cohort(list(a = dash[1:2, ], b = dash[3, ]))
    x <- cohort_clusters(files, chain = "AB")
    found <- as.data.frame(x)
    expect_identical(nrow(found), 3L)
    expect_setequal(found$junction_aa_beta, dash$junction_aa_beta)
    expect_output(print(x), "pairs of chains")
    expect_output(print(x), "none of 3 rows and pairs")
    expect_identical(sort(unique(clusterMembers(x, 1)$repertoire_id)), c("a",
        "b"))
    expect_identical(names(as.data.frame(head(x, 0))), names(found))
})

test_that("messages are a line for each stage, and none in documents", {
    files <- write_cohort(random_cohort(2, 60, 25))
    stages <- function() {
        found <- character()
        withCallingHandlers(
            clusterRepertoires(files),
            message = function(m) {
                found <<- c(found, conditionMessage(m))
                tryInvokeRestart("muffleMessage")
            }
        )
        found
    }
    found <- stages()
    expect_length(found, 2)
    expect_match(found[1], "^Read 2 files of 120 rows in .*; dropped none")
    expect_match(found[2], "^Clustered [0-9]+ distinct receptors")
    withr::local_options(knitr.in.progress = TRUE)
    expect_length(stages(), 0)
})

test_that("on a terminal there is one bar, which comes to its end", {
    files <- write_cohort(random_cohort(3, 60, 27))
    withr::local_options(cli.dynamic = TRUE, cli.progress_show_after = 0,
        cli.progress_clear = FALSE)
    shown <- capture.output(type = "message", {
        x <- clusterRepertoires(files, method = "two-step")
    })
    # It is drawn a few times a second only, and taken away in the end.
    expect_match(shown, "Training a .* to go: ", all = FALSE)
    expect_match(shown[length(shown)], "^\\r +\\r$")
    expect_gt(length(x), 0)
})

test_that("odd options change nothing", {
    files <- write_cohort(random_cohort(2, 80, 26))
    directory <- withr::local_tempdir()
    expected <- as.data.frame(cohort_clusters(files))
    withr::local_options(OutDec = ",", scipen = -20, digits = 3)
    suppressWarnings(x <- cohort_clusters(files, directory = directory))
    suppressWarnings(y <- cohort_clusters(files, directory = directory))
    expect_identical(as.data.frame(x), expected)
    expect_identical(as.data.frame(y), expected)
    withr::local_options(OutDec = ".", scipen = 0, digits = 7)
    expect_identical(as.data.frame(cohort_clusters(files,
        directory = directory)), expected)
})

test_that("locales change nothing, nor odd names of repertoires", {
    files <- write_cohort(random_cohort(2, 80, 28))
    sheet <- data.frame(file = files,
        repertoire_id = c("\u00e9t\u00e9 \"1\"", "tab\there"))
    directory <- withr::local_tempdir()
    x <- cohort_clusters(sheet, directory = directory)
    skip_if_not_installed("callr")
    found <- callr::r(function(sheet, directory) {
        library(clustcr)
        read <- character()
        withCallingHandlers(
            {
                x <- clusterRepertoires(sheet, directory = directory)
                y <- clusterRepertoires(sheet)
            },
            message = function(m) {
                read <<- c(read, conditionMessage(m))
                tryInvokeRestart("muffleMessage")
            }
        )
        list(as.data.frame(x), as.data.frame(y), read, clusterSamples(y))
    }, list(sheet, directory), env = c(callr::rcmd_safe_env(), LC_ALL = "C"))
    expect_identical(found[[1]], as.data.frame(x))
    expect_identical(found[[2]], as.data.frame(x))
    expect_match(found[[3]][1], "2 files are in the directory already")
    expect_identical(enc2utf8(found[[4]]$repertoire_id), sheet$repertoire_id)
    expect_identical(clusterSamples(openClusters(directory))$repertoire_id,
        sheet$repertoire_id)
})

test_that("aging_lite goes from a folder to clusters by one call", {
    skip_without_shared()
    folder <- shared_path("data", "aging_lite")
    directory <- withr::local_tempdir()
    x <- cohort_clusters(folder, directory = directory, n_cpus = 2)
    expect_identical(nrow(clusterSamples(x)), 41L)
    expect_setequal(clusterSamples(x)$sex, c("F", "M"))
    expect_type(clusterSamples(x)$age, "integer")
    sheet <- utils::read.delim(file.path(folder, "metadata.txt"),
        check.names = FALSE)
    expect_setequal(clusterSamples(x)$repertoire_id, sheet$sample_id)
    rows <- suppressMessages(lapply(clusterSamples(x)$file, function(file) {
        table <- readRepertoire(file, chain = "B")
        data.frame(name = rep(basename(file), nrow(table)), table)
    }))
    rows <- do.call(rbind, rows)
    expect_identical(sum(clusterAudit(x)$given), as.numeric(nrow(rows)))
    run <- suppressMessages(Clustering(method = "mcl", v_gene = "gene",
        mcl_params = c(1.5, 2), n_cpus = 2)$fit(rows))
    expect_identical(cluster_sets(as.data.frame(x)),
        cluster_sets(as.data.frame(run)))
})

test_that("a sheet in Latin-1 is read as such, and told", {
    folder <- withr::local_tempdir()
    files <- write_cohort(random_cohort(2, 40, 91), folder)
    sheet <- file.path(folder, "sheet.csv")
    writeLines(c("file,sample,d\xe9partement", "a.tsv,Sj\xf6gren,\xcele",
        "b.tsv,b,\"a \"\"b\"\"\""), sheet, useBytes = TRUE)
    expect_message(x <- clusterRepertoires(sheet), "is read as Latin-1",
        class = "clustcr_message_sheet")
    found <- clusterSamples(x)
    expect_identical(found$repertoire_id, c("Sj\u00f6gren", "b"))
    expect_identical(found[["d\u00e9partement"]], c("\u00cele", "a \"b\""))
})

test_that("of a file that breaks nothing is clustered, whole or in parts", {
    tables <- random_cohort(3, 50, 9)
    files <- write_cohort(tables)
    right <- cohort_clusters(files[-2])
    lines <- readLines(files[2])
    lines[1] <- paste0(lines[1], "\tproductive")
    lines[-1] <- paste0(lines[-1], "\tT")
    lines[40] <- sub("T$", "maybe", lines[40])
    writeLines(lines, files[2])
    for (chunk in list(NULL, 7, 1e6)) {
        directory <- file.path(withr::local_tempdir(), "x")
        expect_warning(x <- cohort_clusters(files, on_error = "skip",
            chunk_size = chunk, directory = directory), "is left out")
        expect_identical(clusterSamples(x)$repertoire_id,
            clusterSamples(right)$repertoire_id)
        expect_identical(as.data.frame(x), as.data.frame(right))
        staged <- file.path(directory, "shards", "staged")
        expect_length(list.files(staged), 0)
        # The next call tries it again.
        writeLines(sub("maybe", "T", lines), files[2])
        y <- cohort_clusters(files, directory = directory)
        expect_identical(nrow(clusterSamples(y)), 3L)
        writeLines(lines, files[2])
    }
    run <- Clustering(method = "mcl")
    local_binding("cohort_chunk", function(...) 7)
    expect_error(suppressMessages(run$batch_precluster_files(files)), "maybe")
    expect_length(unique(run$batches()$repertoire_id), 1)
    run$batch_cleanup()
})

test_that("what was done to rows of a file is told of a cohort too", {
    folder <- withr::local_tempdir()
    lines <- list(
        a = c("junction_aa\tv_call", "CASSLGQAYEQYF\tTRBV7-9",
            "CASSLGQGYEQYF\tTRBV7-9"),
        b = c("junction_aa\tv_call", "ASSLGQAYEQY\tTRBV7-9",
            "ASSPGQAYEQY\tV99-9"),
        c = c("junction_aa\tv_call\tj_call", "CASSLGQAYEQYF\tTRBV7-9")
    )
    for (name in names(lines)) {
        writeLines(lines[[name]], file.path(folder, paste0(name, ".tsv")))
    }
    for (workers in if (has_package("BiocParallel")) c(FALSE, TRUE)
        else FALSE) {
        said <- paste(capture_messages(clusterRepertoires(folder,
            BPPARAM = if (workers) BiocParallel::SerialParam())),
            collapse = " ")
        expect_match(said, paste("'b.tsv': Most CDR3s are without their",
            "conserved ends (C; F or W), and stay so. They can't be",
            "neighbors of CDR3s that have theirs."), fixed = TRUE)
        expect_match(said, paste("'b.tsv': Names of genes that are none of",
            "IMGT's stay as they are, such as `V99-9`."), fixed = TRUE)
        expect_match(said, paste("'c.tsv': Fields at the end are missing and",
            "were taken for empty."), fixed = TRUE)
    }
})
