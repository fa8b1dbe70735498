# The oracle looks through the tables that were clustered, a cluster and a
# sample at a time: list(receptors, duplicate_count, presence), matrices.
naive_matrices <- function(x, tables, level = "gene") {
    genes <- level != "none"
    key <- function(table) {
        v <- sub(if (level == "gene") "[*].*" else "-.*", "", table$v_call)
        if (genes) paste(table$junction_aa, v) else table$junction_aa
    }
    rows <- as.data.frame(x)
    n <- length(x)
    empty <- matrix(0, n, length(tables),
        dimnames = list(as.character(seq_len(n)), names(tables)))
    found <- list(receptors = empty, duplicate_count = empty,
        presence = empty)
    for (cluster in seq_len(n)) {
        own <- key(rows[rows$cluster == cluster, ])
        for (sample in seq_along(tables)) {
            table <- tables[[sample]]
            at <- key(table) %in% own
            found$receptors[cluster, sample] <- length(unique(key(table)[at]))
            found$duplicate_count[cluster, sample] <-
                sum(table$duplicate_count[at])
            found$presence[cluster, sample] <- any(at)
        }
    }
    found
}

odd_names <- c("a, \"b\"", "Müller Ä/1", "it's 100 %", "x\ttab", "5")

expect_sparse <- function(found, expected) {
    expect_s4_class(found, "dgCMatrix")
    expect_true(methods::validObject(found))
    expect_true(all(found@x > 0))
    expect_identical(as.matrix(found), expected)
}

# A Clustering of named tables, preclustered.
clustering_of <- function(tables, ...) {
    run <- Clustering(...)
    for (name in names(tables)) run$batch_precluster(tables[[name]], name)
    run
}

test_that("the matrix is that of looking at each cluster and sample", {
    tables <- random_cohort(5, 100, 31)
    names(tables) <- odd_names
    # As without genes, all are compared and none is kept.
    for (level in c("gene", "none")) {
        directory <- withr::local_tempdir()
        run <- clustering_of(tables, method = "mcl", v_gene = level,
            directory = directory)
        run$batch_cluster_all(identity)
        x <- openClusters(directory)
        expected <- naive_matrices(x, tables, level)
        expect_gt(sum(expected$receptors > 1), 0)
        for (value in names(expected)) {
            expect_sparse(clusterMatrix(x, value, "matrix"),
                expected[[value]])
            expect_identical(clusterMatrix(run, value, "matrix"),
                clusterMatrix(x, value, "matrix"))
        }
    }
})

test_that("many units, empty preclusters and pairs are counted alike", {
    x <- cohort_clusters(cohort_files()[1:3], v_gene = "none",
        memory_limit = "1MB")
    expect_gt(nrow(x@units), 1)
    tables <- lapply(cohort_files()[1:3], function(file) {
        suppressMessages(readRepertoire(file))
    })
    rows <- as.data.frame(x)
    all <- do.call(rbind, Map(function(table, sample) {
        at <- match(table$junction_aa, rows$junction_aa)
        data.frame(cluster = rows$cluster[at], sample = sample,
            count = table$duplicate_count)[!is.na(at), ]
    }, tables, clusterSamples(x)$repertoire_id))
    expected <- xtabs(count ~ factor(cluster, seq_len(length(x))) + sample, all)
    found <- clusterMatrix(x, "duplicate_count", "matrix")
    expect_equal(as.matrix(found), unclass(expected), ignore_attr = TRUE)

    # Centroids that are near nothing: clusters without members.
    sequences <- random_cdr3(60, 3)
    run <- batch_run(sequences[1:40], 2, method = "faiss", sample = sequences,
        faiss_cluster_size = 2)
    found <- clusterMatrix(run, as = "matrix")
    table <- batch_table(run)
    size <- tabulate(table$cluster, nrow(found))
    expect_gt(sum(size == 0), 0)
    expect_identical(unname(Matrix::rowSums(found)), as.numeric(size))
    run$batch_cleanup()

    pairs <- data.frame(junction_aa_alpha = c("CAVF", "CAVF", "CALF"),
        junction_aa_beta = c("CASSF", "CASTF", "CASSF"), duplicate_count = 3)
    run <- clustering_of(list(one = pairs, two = pairs[1:2, ]), chain = "AB",
        method = "components")
    expect_identical(as.matrix(clusterMatrix(run, as = "matrix")),
        matrix(c(3, 2), 1, dimnames = list("1", c("one", "two"))))
    skip_if_not_installed("SummarizedExperiment")
    rows <- SummarizedExperiment::rowData(clusterMatrix(run))
    expect_identical(rows$motif, "CAvF:CASsF")
    expect_identical(rows$size, 3L)
})

test_that("a SummarizedExperiment has what is known of rows and columns", {
    skip_if_not_installed("SummarizedExperiment")
    tables <- random_cohort(3, 120, 32)
    sheet <- data.frame(repertoire_id = c("c", "a", "b"),
        `group of` = c("x", "y", "x"), check.names = FALSE)
    x <- cohort_clusters(write_cohort(tables), sheet, v_gene = "family")
    found <- clusterMatrix(x, "presence")
    summary <- clusterSummary(x)
    rows <- as.data.frame(SummarizedExperiment::rowData(found))
    expect_identical(rownames(found), as.character(summary$cluster))
    expect_identical(rows$size, summary$size)
    expect_identical(rows$motif, summary$motif)
    expect_identical(rows$n_samples, summary$n_samples)
    expect_identical(rows$v_purity, summary$v_purity)
    expect_identical(colnames(found), c("a", "b", "c"))
    expect_identical(found$`group of`, c("y", "x", "x"))
    expect_identical(SummarizedExperiment::assayNames(found), "presence")
    expect_s4_class(SummarizedExperiment::assay(found), "dgCMatrix")
    expect_equal(associateClusters(found, c("a", "b", "b"), min_samples = 1) |>
        tryCatch(error = class),
    associateClusters(x, c("a", "b", "b"), min_samples = 1) |>
        tryCatch(error = class))
    # A part of it is one too.
    expect_s4_class(SummarizedExperiment::assay(found[2:3, "b"]), "dgCMatrix")
    # A newer sheet takes the place of the run's.
    newer <- S4Vectors::DataFrame(age = 1:3, row.names = c("b", "c", "a"))
    found <- clusterMatrix(x, samples = newer)
    expect_identical(found$age, c(3L, 1L, 2L))
    expect_identical(found$repertoire_id, c("a", "b", "c"))
    run <- clustering_of(tables, method = "mcl", v_gene = "family",
        mcl_params = c(1.5, 2))
    expect_identical(
        SummarizedExperiment::rowData(clusterMatrix(run, "presence")),
        SummarizedExperiment::rowData(clusterMatrix(x, "presence"))
    )
    expect_identical(names(SummarizedExperiment::colData(clusterMatrix(run))),
        "repertoire_id")
})

test_that("samples of sheet and run that are not the same are named", {
    x <- cohort_clusters(write_cohort(random_cohort(3, 40, 33)))
    sheet <- data.frame(repertoire_id = c("a", "b", "c", "d"))
    expect_error(clusterMatrix(x, samples = sheet),
        "\"d\" is not in `x`", class = "clustcr_error_samples")
    expect_error(clusterMatrix(x, samples = sheet[1, , drop = FALSE]),
        "\"b\", \"c\" of `x` are not in `samples`",
        class = "clustcr_error_samples")
    expect_error(clusterMatrix(x, samples = sheet[c(1, 1:3), ,
        drop = FALSE]), "\"a\" is there more", class = "clustcr_error_samples")
    expect_error(publicClusters(x, samples = sheet), "\"d\"",
        class = "clustcr_error_samples")
})

test_that("a run under way is taken whole, and stays where it stands", {
    tables <- lapply(cohort_files()[1:3], function(file) {
        suppressMessages(readCdr3(file))
    })
    names(tables) <- odd_names[1:3]
    run <- clustering_of(tables, method = "mcl", memory_limit = "1MB")
    expect_identical(dim(run$batch_cluster_matrix()), c(3L, 0L))
    first <- run$batch_cluster(calc_cluster_matrix = TRUE)
    whole <- clusterMatrix(run, as = "matrix")
    expect_gt(nrow(whole), max(first$cluster))
    expect_identical(run$next_unit, 2)
    expect_identical(Matrix::t(attr(first, "cluster_matrix")),
        whole[seq_len(max(first$cluster)), ])
    expect_identical(run$batch_cluster_matrix(), attr(first, "cluster_matrix"))
    # In the middle, from a file.
    file <- withr::local_tempfile()
    saveRDS(run, file)
    again <- readRDS(file)
    expect_identical(again$batch_cluster_matrix("presence"),
        Matrix::t(clusterMatrix(run, "presence", "matrix")[
            seq_len(max(first$cluster)), ]))
    parts <- list(attr(first, "cluster_matrix"))
    run$batch_cluster_all(function(clusters) {
        part <- attr(clusters, "cluster_matrix")
        expect_identical(colnames(part),
            as.character(unique(clusters$cluster)))
        parts[[length(parts) + 1]] <<- part
    }, calc_cluster_matrix = TRUE)
    expect_gt(length(parts), 2)
    expect_identical(do.call(cbind, parts), Matrix::t(whole))
    expect_identical(run$batch_cluster_matrix(), Matrix::t(whole))
    run$batch_rewind()
    expect_identical(ncol(run$batch_cluster_matrix()), 0L)
    next_part <- run$batch_iterator(calc_cluster_matrix = TRUE)
    expect_identical(attr(next_part(), "cluster_matrix"), parts[[1]])
    expect_null(attr(run$batch_cluster(), "cluster_matrix"))
    # Singletons are clusters of the run that has them.
    run$batch_rewind()
    run$batch_cluster(singletons = TRUE)
    expect_gt(nrow(clusterMatrix(run, as = "matrix")), nrow(whole))
    for (bad in list(NA, "yes")) {
        expect_error(run$batch_cluster(calc_cluster_matrix = bad),
            "`calc_cluster_matrix`", class = "clustcr_error_invalid_argument")
    }
    expect_error(run$batch_cluster_matrix("genes"), "`value`",
        class = "clustcr_error_invalid_argument")
    run$batch_cleanup()
    expect_error(clusterMatrix(run), class = "clustcr_error_no_batches")
    expect_error(run$batch_cluster_matrix(),
        class = "clustcr_error_no_batches")
})

test_that("a data.frame has what its rows say", {
    rows <- data.frame(
        cluster = c(2, 2, 2, 1, 1, NA, 2),
        repertoire_id = c("b", "b", "a", "b", "b", "a", NA),
        junction_aa = c("CASSF", "CASTF", "CASSF", "CGF", "CGF", "CAF",
            "CASSF"),
        v_call = "TRBV9*01", duplicate_count = c(3, NA, 1, 0, 0, 7, 5)
    )
    expect_message(found <- clusterMatrix(rows, "receptors", "matrix"),
        "1 row of `x` left out", class = "clustcr_message_left_out")
    rows <- rows[-7, ]
    expected <- matrix(c(1, 0, 2, 1), 2,
        dimnames = list(c("2", "1"), c("a", "b")))
    expect_sparse(found, expected)
    expect_sparse(clusterMatrix(rows, "duplicate_count", "matrix"),
        replace(expected, 3:4, c(4, 0)))
    expect_sparse(clusterMatrix(rows, "presence", "matrix"),
        replace(expected, 3, 1))
    # Rows are receptors where nothing tells them apart.
    expect_sparse(clusterMatrix(rows[1:2], as = "matrix"),
        replace(expected, 4, 2))
    rows$repertoire_id <- factor(rows$repertoire_id, c("b", "none", "a"))
    expect_identical(colnames(clusterMatrix(rows, as = "matrix")),
        c("b", "none", "a"))
    rows$cluster <- factor(rows$cluster)
    expect_identical(rownames(clusterMatrix(rows, as = "matrix")), c("2", "1"))
    for (missing in c("cluster", "repertoire_id", "duplicate_count")) {
        expect_error(
            clusterMatrix(rows[setdiff(names(rows), missing)],
                "duplicate_count", "matrix"),
            paste0("lacks `", missing), class = "clustcr_error_invalid_argument"
        )
    }
    expect_error(clusterMatrix(replace(rows, 5, -1), "duplicate_count"),
        "duplicate_count", class = "clustcr_error_invalid_argument")
    skip_if_not_installed("SummarizedExperiment")
    found <- clusterMatrix(S4Vectors::DataFrame(rows))
    about <- SummarizedExperiment::rowData(found)
    expect_identical(about$size, c(2L, 1L))
    expect_identical(about$n_samples, c(2L, 1L))
    expect_identical(about$motif, c("CAS[ST]F", "CGF"))
    expect_identical(about$v_purity, c(1, 1))
    about <- SummarizedExperiment::rowData(clusterMatrix(rows[1:2]))
    expect_identical(about$motif, c(NA_character_, NA))
    expect_identical(about$size, c(NA_integer_, NA))
    expect_identical(
        associateClusters(rows[rep(1:6, 3), ], c("x", "y", "x"),
            min_samples = 1) |> tryCatch(error = function(e) class(e)[1]),
        "clustcr_error_too_few_samples"
    )
})

test_that("large numbers of clusters are written out", {
    rows <- data.frame(cluster = c(1e5, 1e5, 123456789), repertoire_id = "a",
        junction_aa = c("CASSF", "CASTF", "CGGF"))
    withr::local_options(scipen = -10, OutDec = ",")
    found <- clusterMatrix(rows, as = "matrix")
    expect_identical(rownames(found), c("100000", "123456789"))
    expect_identical(publicClusters(rows, found), publicClusters(rows))
    expect_identical(associateClusters(found[, c(1, 1, 1, 1)], c(1, 1, 2, 2))$
        cluster, c(100000L, 123456789L))
})

test_that("rows of clusterMembers() make the matrix of their run", {
    x <- cohort_clusters(write_cohort(random_cohort(3, 60, 35)))
    rows <- do.call(rbind, lapply(seq_len(length(x)), function(i) {
        clusterMembers(x, i)
    }))
    for (value in c("receptors", "duplicate_count", "presence")) {
        expect_identical(clusterMatrix(rows, value, "matrix"),
            clusterMatrix(x, value, "matrix"))
    }
})

test_that("no clusters and one sample make matrices too", {
    none <- cohort_clusters(write_cohort(list(a = data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CARRTF")
    ))))
    expect_identical(length(none), 0L)
    expect_identical(dim(clusterMatrix(none, as = "matrix")), c(0L, 1L))
    one <- cohort_clusters(write_cohort(random_cohort(1, 60, 36)["a"]))
    found <- clusterMatrix(one, "presence", "matrix")
    expect_identical(unname(as.matrix(found)), matrix(1, length(one), 1))
    rows <- as.data.frame(one)[0, ]
    rows$repertoire_id <- character()
    expect_identical(dim(clusterMatrix(rows, as = "matrix")), c(0L, 0L))
    expect_identical(nrow(publicClusters(none)), 0L)
    skip_if_not_installed("SummarizedExperiment")
    for (empty in list(none, rows)) {
        expect_identical(nrow(clusterMatrix(empty)), 0L)
    }
    expect_identical(dim(clusterMatrix(one)), dim(found))
})

test_that("what fit() makes has one sample", {
    rows <- data.frame(junction_aa = random_cdr3(80, 3), duplicate_count = 1:80)
    fit <- Clustering(method = "mcl")$fit(rows)
    kept <- Clustering(method = "mcl")
    kept$batch_precluster(rows, name = "data")
    for (value in c("receptors", "duplicate_count", "presence")) {
        expect_identical(clusterMatrix(fit, value, as = "matrix"),
            clusterMatrix(kept, value, as = "matrix"))
    }
    kept$batch_cleanup()
    none <- Clustering(method = "mcl")$fit(character())
    expect_identical(dim(clusterMatrix(none, as = "matrix")), c(0L, 1L))
    skip_if_not_installed("SummarizedExperiment")
    found <- clusterMatrix(fit)
    expect_identical(colnames(found), "data")
    expect_identical(SummarizedExperiment::rowData(found)$motif,
        clusterSummary(fit)$motif)
})

test_that("what is no clustering is refused, and what is missing named", {
    for (bad in list(1:3, matrix(1, 2, 2), NULL, list(1))) {
        expect_error(clusterMatrix(bad, as = "matrix"), "`x` must be",
            class = "clustcr_error_invalid_argument")
    }
    expect_error(clusterMatrix("directory"), "`x` must hold",
        class = "clustcr_error_gone")
    x <- cohort_clusters(write_cohort(random_cohort(1, 30, 37)))
    expect_error(clusterMatrix(x, "counts"), "`value` must be one of",
        class = "clustcr_error_invalid_argument")
    expect_error(clusterMatrix(x, as = "list"), "`as` must be one of",
        class = "clustcr_error_invalid_argument")
    without_package("SummarizedExperiment")
    expect_error(clusterMatrix(x), "needs the package SummarizedExperiment",
        class = "clustcr_error_missing_package")
    expect_s4_class(clusterMatrix(x, as = "matrix"), "dgCMatrix")
    unlink(x@directory, recursive = TRUE)
    expect_error(clusterMatrix(x, as = "matrix"), class = "clustcr_error_gone")
})

test_that("public clusters of a run are those of its rows", {
    tables <- random_cohort(4, 100, 38)
    sheet <- data.frame(repertoire_id = letters[1:4],
        donor = c("p", "q", "p", NA))
    x <- cohort_clusters(write_cohort(tables), sheet)
    rows <- do.call(rbind, lapply(seq_len(length(x)), function(i) {
        clusterMembers(x, i)
    }))
    expect_identical(publicClusters(x), publicClusters(rows))
    expect_identical(publicClusters(x, subject = "donor"), publicClusters(rows,
        subject = stats::setNames(sheet$donor, sheet$repertoire_id)))
    expect_identical(publicClusters(x, clusterMatrix(x, "presence", "matrix")),
        publicClusters(rows))
    # Part after part.
    x <- cohort_clusters(cohort_files()[1:3], v_gene = "none",
        memory_limit = "1MB")
    found <- publicClusters(x)
    expect_identical(found$cluster, seq_len(length(x)))
    expect_identical(found$n_samples, clusterSummary(x)$n_samples)
    pairs <- data.frame(junction_aa_alpha = c("CAVF", "CAVF"),
        junction_aa_beta = c("CASSF", "CASTF"))
    directory <- withr::local_tempdir()
    run <- clustering_of(list(one = pairs, two = pairs[1, ]), chain = "AB",
        method = "mcl", directory = directory)
    run$batch_cluster()
    found <- publicClusters(openClusters(directory))
    expect_identical(found$n_samples, 2L)
    expect_identical(found$member, "CAVF:CASSF")
})

test_that("receptors without a neighbor are clusters where asked for", {
    tables <- random_cohort(2, 50, 39)
    files <- write_cohort(tables)
    directory <- withr::local_tempdir()
    x <- cohort_clusters(files, directory = directory)
    all <- cohort_clusters(files, directory = directory, singletons = TRUE)
    expect_identical(nrow(as.data.frame(all)),
        as.integer(x@counts[["receptors"]]))
    expect_true(clusterParameters(all)$singletons)
    expect_output(print(all), "In clusters of one")
    expect_identical(sum(clusterSummary(all)$size > 1), length(x))
    expect_identical(cohort_clusters(files, directory = directory)@run_id,
        x@run_id)
    expect_error(clusterRepertoires(files, singletons = 1), "`singletons`",
        class = "clustcr_error_invalid_argument")
})

test_that("the published clusters and their tests come out of the files", {
    skip_without_shared()
    cohort <- covid_cohort()
    cells <- which(cohort$x > 0, arr.ind = TRUE)
    file <- withr::local_tempfile(fileext = ".tsv")
    data.table::fwrite(
        data.frame(
            sequence_id = seq_len(nrow(cells)), sequence = "",
            junction_aa = rownames(cohort$x)[cells[, 1]],
            duplicate_count = cohort$x[cells],
            repertoire_id = colnames(cohort$x)[cells[, 2]]
        ), file, sep = "\t"
    )
    table <- suppressMessages(readRepertoire(file))
    directory <- withr::local_tempdir()
    run <- clustering_of(split(table, table$repertoire_id),
        method = "components", directory = directory, n_cpus = 2)
    run$batch_cluster_all(identity, singletons = TRUE)
    x <- openClusters(directory)
    expect_identical(length(x), 58L)
    published <- split(cohort$clonotypes$cdr3, cohort$clonotypes$cluster)
    expect_identical(
        cluster_sets(as.data.frame(x)),
        cluster_sets(data.frame(junction_aa = unlist(published),
            cluster = rep(seq_along(published), lengths(published))))
    )
    presence <- clusterMatrix(run, "presence", "matrix")
    status <- factor(cohort$status, c("healthy", "COVID"))
    names(status) <- names(cohort$status)
    found <- associateClusters(presence, status[colnames(presence)])
    golden <- golden_table("covid_trb_association.tsv")
    rows <- as.data.frame(x)
    first <- vapply(split(rows$junction_aa, rows$cluster), function(members) {
        sort(members, method = "radix")[1]
    }, "")
    at <- match(golden$first_junction_aa, first)
    expect_identical(sort(at), 1:58)
    expect_identical(tabulate(rows$cluster)[at], golden$clones)
    expect_identical(found$n_case[at], golden$covid_donors)
    expect_identical(found$n_control[at], golden$healthy_donors)
    expect_lt(max(abs(found$p_value[at] / golden$fisher_p - 1)), 1e-8)
})

test_that("a matrix names each of its clusters once", {
    x <- random_clusters(4, 8, 1)
    rownames(x) <- c("a", "b", "a", "b")
    y <- rep(c("no", "yes"), 4)
    refused <- function(code, name) {
        expect_error(suppressMessages(code), paste0("`", name, "` must name ",
            "each cluster once .*\"a\", \"b\" are there more than once"),
            class = "clustcr_error_invalid_argument")
    }
    refused(associateClusters(x, y), "x")
    refused(associateClusters(Matrix::Matrix(x, sparse = TRUE), y), "x")
    refused(predictPhenotype(x, y, folds = 2), "x")
    refused(repertoireOverlap(x), "x")
    known <- unname(x)
    rownames(known) <- letters[1:4]
    result <- suppressMessages(associateClusters(known, y, alpha = 1))
    refused(replicateAssociation(result, x, y), "y")
    rows <- data.frame(cluster = c("a", "b"), junction_aa = c("CASSF", "CASSY"))
    refused(publicClusters(rows, matrix = x), "matrix")
    skip_if_not_installed("SummarizedExperiment")
    experiment <- SummarizedExperiment::SummarizedExperiment(list(n = x))
    refused(associateClusters(experiment, y), "x")
    experiment <- SummarizedExperiment::SummarizedExperiment(list(n = known))
    rownames(experiment) <- rownames(x)
    refused(associateClusters(experiment, y), "x")
    refused(publicClusters(rows, matrix = experiment), "matrix")
})
