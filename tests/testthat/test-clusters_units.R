# The same clusters in the three forms: kept in several units, in memory and as
# a table. Naive: rows of a data.frame.

three_forms <- function(files, ...) {
    kept <- cohort_clusters(files, ...)
    rows <- as.data.frame(kept, columns = result_columns)
    list(
        kept = kept, table = as_clusters(rows),
        memory = methods::new("ClusteringResult",
            table = rows, columns = result_columns,
            parameters = clusterParameters(kept),
                samples = clusterSamples(kept),
            counts = kept@counts, units = kept@units, audit = kept@audit)
    )
}

naive_part <- function(rows, numbers) {
    found <- do.call(rbind, lapply(numbers, function(i) {
        rows[rows$cluster == i, ]
    }))
    rownames(found) <- NULL
    found
}

test_that("a part has its clusters' rows, whatever form they have", {
    # So little memory that there are several units.
    forms <- three_forms(cohort_files(), v_gene = "none",
        memory_limit = "1MB")
    expect_gt(nrow(forms$kept@units), 1)
    rows <- as.data.frame(forms$kept, columns = result_columns)
    n <- length(forms$kept)
    every <- seq_len(n)
    picks <- list(5, c(n, 1), every[every %% 7 == 3], rev(every),
        withr::with_seed(1, sample.int(n, 20)), -every[-(2:4)])
    naive <- lapply(picks, function(i) naive_part(rows, every[i]))
    for (x in forms) {
        expect_identical(length(x), n)
        expect_identical(cluster_numbers(x), every)
        for (at in seq_along(picks)) {
            part <- x[picks[[at]]]
            asked <- every[picks[[at]]]
            expect_s4_class(part, class(x))
            expect_identical(length(part), length(asked))
            expect_identical(cluster_numbers(part), asked)
            expect_identical(as.data.frame(part, columns = result_columns),
                naive[[at]])
            # Parts of parts, by number.
            expect_identical(cluster_numbers(part[asked[1]]), asked[1])
            expect_identical(cluster_numbers(head(part, 1)), asked[1])
        }
        expect_identical(x[every %% 2 == 0], x[every[every %% 2 == 0]])
        part <- x[c(5, 9)]
        expect_identical(part[-5], part[9])
        expect_identical(part[c(FALSE, TRUE)], part[9])
        for (bad in list(6, "a", NA, c(5, 6), c(-5, -6), TRUE, list(), mean)) {
            expect_error(part[bad], "`i` must",
                class = "clustcr_error_invalid_argument")
        }
        expect_error(part[[6]], "`i` must",
            class = "clustcr_error_invalid_argument")
        expect_identical(length(part[-c(5, 9)]), 0L)
        expect_identical(nrow(as.data.frame(x[integer()])), 0L)
    }
    expect_identical(forms$memory[[7]], forms$kept[[7]])
    expect_identical(clusterMembers(forms$kept[c(9, 7)], 7), forms$kept[[7]])
})

test_that("units of a part are whole clusters, each once", {
    forms <- three_forms(cohort_files(), v_gene = "none",
        memory_limit = "1MB")
    chosen <- seq(2L, length(forms$kept), by = 3L)
    for (x in forms) {
        parts <- list()
        eachUnit(x[chosen], function(rows) {
            parts[[length(parts) + 1L]] <<- unique(rows$cluster)
        })
        expect_identical(unlist(parts), chosen)
    }
})

test_that("every function takes each form, and parts of it", {
    forms <- three_forms(write_cohort(random_cohort(4, 300, 53)),
        v_gene = "gene")
    rule <- list(v_gene = "gene", distance = "hamming", max_distance = 1)
    reference <- data.frame(label = "a", v_call = "TRBV9", junction_aa =
        as.data.frame(forms$kept[1:5])$junction_aa)
    plain <- function(x) {
        x <- as.data.frame(x)
        attributes(x) <- attributes(x)[c("names", "row.names", "class")]
        x
    }
    look <- function(x) {
        edges <- do.call(clusterEdges, c(list(x), rule))
        list(
            size = length(as_clusters(x)), summary = plain(clusterSummary(x)),
            features = plain(clusterFeatures(x)), edges = edges,
            contents = clusterContents(x,
                columns = c("duplicate_count", "n_samples"))[c("cluster",
                "junction_aa", "v_call", "duplicate_count")],
            largest = unique(clusterContents(x, largest = 2)$cluster),
            found = plain(annotateClusters(x, reference, v_gene = "gene",
                permutations = 0)),
            public = plain(publicClusters(x))[c("cluster", "size", "v_call")],
            same = compareClusterings(x, forms$kept)$a$jaccard
        )
    }
    some <- c(11, 3, 4)
    expected <- look(forms$kept[some])
    expect_identical(expected$size, 3L)
    expect_identical(expected$summary$cluster, as.integer(some))
    expect_identical(expected$same, c(1, 1, 1))
    # What a table of these clusters gives, which has no others.
    naive <- naive_part(as.data.frame(forms$kept, columns = result_columns),
        some)
    expect_equal(look(naive), expected)
    for (x in forms) expect_equal(look(x[some]), expected)
    all <- look(forms$kept)
    for (x in forms) expect_equal(look(x), all)
    expect_identical(all$summary[some, "motif"], expected$summary$motif)
})

test_that("the matrix of a part has the rows of its clusters", {
    x <- cohort_clusters(write_cohort(random_cohort(4, 200, 54)))
    whole <- clusterMatrix(x, as = "matrix")
    some <- c(6, 2)
    part <- clusterMatrix(x[some], as = "matrix")
    expect_identical(as.matrix(part), as.matrix(whole)[some, ])
    expect_identical(attr(part, "clusters")$id,
        attr(whole, "clusters")$id[some])
    ill <- rep(c("yes", "no"), 2)
    found <- associateClusters(x[some], ill, min_samples = 1, case = "yes")
    of_all <- associateClusters(x, ill, min_samples = 1, case = "yes")
    expect_identical(found$cluster, as.integer(some))
    expect_identical(found$p_value, of_all$p_value[some])
    fit <- Clustering(method = "mcl")$fit(random_cdr3(200, 55))
    expect_identical(as.matrix(clusterMatrix(fit[some], as = "matrix")),
        as.matrix(clusterMatrix(fit, as = "matrix"))[some, , drop = FALSE])
})

test_that("parts are written, described and summed up", {
    x <- cohort_clusters(write_cohort(random_cohort(3, 200, 56)))
    part <- x[c(4, 2)]
    file <- withr::local_tempfile(fileext = ".tsv")
    writeClusters(part, file)
    written <- utils::read.delim(file)
    expect_identical(written$junction_aa, as.data.frame(part)$junction_aa)
    expect_identical(unique(written$cluster), c(4L, 2L))
    shown <- capture.output(print(part))
    expect_match(shown[1], paste0("^RepertoireClusters: 2 of ", length(x),
        " clusters$"))
    expect_match(paste(shown, collapse = " "),
        as.data.frame(part)$junction_aa[1], fixed = TRUE)
    about <- summary(part)
    expect_identical(about$clusters, 2L)
    expect_identical(about$clustered, as.numeric(nrow(written)))
    expect_setequal(about$largest$cluster, c(2, 4))
    expect_error(assignClusters(part, "CASSF"), "all clusters of a run",
        class = "clustcr_error_invalid_argument")
    expect_error(assignClusters(written, "CASSF"), "all clusters of a run",
        class = "clustcr_error_invalid_argument")
    expect_identical(clusterSamples(part), clusterSamples(x))
    expect_identical(clusterParameters(part), clusterParameters(x))
})

test_that("the directory of clusters is taken for them", {
    directory <- withr::local_tempdir()
    x <- cohort_clusters(write_cohort(random_cohort(2, 150, 57)),
        directory = directory)
    expect_identical(clusterSummary(directory), clusterSummary(x))
    expect_identical(compareClusterings(directory, x)$ari, 1)
    expect_error(clusterSummary(file.path(directory, "none")), "`x` must",
        class = "clustcr_error_gone")
    for (bad in list(1, NULL, list(), c("a", "b"), NA_character_)) {
        expect_error(clusterSummary(bad), "`x` must",
            class = "clustcr_error_invalid_argument")
    }
})

test_that("a table has no audit, and says so", {
    d <- data.frame(junction_aa = "CASSF", cluster = 1)
    expect_error(clusterAudit(d), "^`x` must be clusters of a run",
        class = "clustcr_error_invalid_argument")
    expect_error(plotAudit(d), class = "clustcr_error_invalid_argument")
})

test_that("a table keeps its columns, names and order", {
    table <- data.frame(
        note = 1:6, cluster = c("b", "a", "", "b", NA, "a"),
        junction_aa = c("CASSF", "CASTF", "CAF", "CATF", "CAAF", "CASRF"),
        repertoire_id = c("s2", "s1", "s9", "s2", "s1", "s1")
    )
    x <- as_clusters(table)
    expect_identical(cluster_numbers(x), c("b", "a"))
    # Also samples without a cluster.
    expect_identical(clusterSamples(x)$repertoire_id, c("s1", "s2", "s9"))
    expect_identical(as.data.frame(x["a"])$note, c(2L, 6L))
    expect_identical(as.data.frame(x)$note, c(1L, 2L, 4L, 6L))
    expect_identical(as.data.frame(x[c("a", "b")])$note, c(2L, 6L, 1L, 4L))
    expect_error(x["c"], "name clusters of `x`, not c$",
        class = "clustcr_error_invalid_argument")
    expect_error(clusterContents(table, "c"), "`cluster` must name .*, not c$",
        class = "clustcr_error_invalid_argument")
    noise <- transform(table[1:4, ], cluster = c(-1, 2, -1, 2))
    expect_identical(unique(clusterContents(noise, -1)$cluster), -1)
})

test_that("what saveRDS() of 0.2.0 stored is read", {
    # It had no `chosen`, and results in memory had a directory.
    old <- function(x) {
        attr(x, "chosen") <- NULL
        file <- withr::local_tempfile(fileext = ".rds")
        saveRDS(x, file)
        readRDS(file)
    }
    x <- cohort_clusters(write_cohort(random_cohort(2, 150, 58)))
    fit <- Clustering(method = "mcl")$fit(random_cdr3(150, 59))
    before <- old(fit)
    attr(before, "directory") <- character()
    attr(before, "store_id") <- attr(before, "run_id") <- ""
    for (pair in list(list(x, old(x)), list(fit, before))) {
        new <- pair[[1]]
        found <- pair[[2]]
        expect_identical(length(found), length(new))
        expect_identical(as.data.frame(found), as.data.frame(new))
        expect_identical(as.data.frame(found[3:2]), as.data.frame(new[3:2]))
        expect_identical(found$clusters, new$clusters)
        expect_identical(clusterSummary(found), clusterSummary(new))
        expect_identical(capture.output(print(found)),
            capture.output(print(new)))
        expect_identical(clusterMembers(found, 2), clusterMembers(new, 2))
    }
})

test_that("a result that 0.2.0 itself has stored is read", {
    fit <- readRDS(test_path("stored", "fit-0.2.0.rds"))
    now <- Clustering(method = "mcl", v_gene = "gene")$fit(data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASRRGTEAFF",
            "CASRRGSEAFF", "CASSVVGTEAFF"),
        v_call = c("TRBV9*01", "TRBV9", "TRBV2", "TRBV2", "TRBV5-1"),
        duplicate_count = 1:5
    ))
    expect_identical(as.data.frame(fit, columns = result_columns),
        as.data.frame(now, columns = result_columns))
    expect_identical(as.data.frame(fit[2]), as.data.frame(now[2]))
    expect_identical(fit$receptors, 5L)
    expect_identical(clusterSummary(fit), clusterSummary(now))
    expect_identical(members(fit, 1), members(now, 1))
    expect_identical(audit(fit)[["repertoire_id"]], "data")
    expect_identical(capture.output(print(fit)), capture.output(print(now)))
    expect_identical(assignClusters(fit, data.frame(junction_aa =
        "CASSLGQAYEQYY", v_call = "TRBV9"))$cluster, 2L)
})
