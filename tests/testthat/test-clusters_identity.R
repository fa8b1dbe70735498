# Two clusterings of overlapping receptors: their numbers mean other clusters.
two_runs <- function() {
    cohort <- random_cohort(4, 300, 41)
    cluster <- function(tables) {
        cohort_clusters(write_cohort(tables), v_gene = "none")
    }
    list(one = cluster(cohort), two = cluster(lapply(cohort, function(rows) {
        rows[-seq_len(nrow(rows) / 3), ]
    })))
}

groups <- function(x) {
    stats::setNames(rep_len(c("case", "control"), nrow(clusterSamples(x))),
        clusterSamples(x)$repertoire_id)
}

associated <- function(x) {
    suppressMessages(associateClusters(x, groups(x), "wilcoxon",
        min_samples = 1))
}

# The members of each cluster as one text, named by cluster.
members_text <- function(x) {
    rows <- as.data.frame(x)
    vapply(split(rows$junction_aa, rows$cluster), function(y) {
        paste(sort(unique(y), method = "radix"), collapse = " ")
    }, "")
}

test_that("a cluster's identity is that of its members, however it is seen", {
    x <- two_runs()$one
    rows <- as.data.frame(x)
    known <- clustcr:::carried_identity(clusterSummary(x))
    expect_identical(known$cluster, seq_len(length(x)))
    # As different as the members are.
    expect_identical(match(known$id, unique(known$id)),
        unname(match(members_text(x), unique(members_text(x)))))
    # Shuffled, and with a row for each sample: the same.
    withr::local_seed(1)
    long <- do.call(rbind, lapply(seq_len(length(x)), function(i) {
        clusterMembers(x, i)
    }))
    long <- long[sample(nrow(long)), ]
    of <- function(found) {
        identity <- clustcr:::carried_identity(found)
        identity$id[match(known$cluster, identity$cluster)]
    }
    expect_identical(of(clusterSummary(long)), known$id)
    expect_identical(of(clusterSummary(long[c("cluster", "junction_aa")])),
        known$id)
    reference <- data.frame(junction_aa = rows$junction_aa, label = "a")
    for (found in list(associated(x), publicClusters(x), clusterFeatures(x),
        publicClusters(long), clusterFeatures(rows),
        clusterMatrix(x, as = "matrix"), clusterMatrix(long, as = "matrix"),
        annotateClusters(x, reference, permutations = 0))) {
        expect_identical(of(found), known$id)
    }
    skip_if_not_installed("SummarizedExperiment")
    matrix <- clusterMatrix(x)
    expect_identical(of(matrix), known$id)
    expect_identical(of(associateClusters(matrix[5:9, ], groups(x))), known$id)
})

test_that("genes and pairs change nothing in it", {
    rows <- data.frame(junction_aa = rep(c("CASSF", "CATSF", "CAGSF"), 2),
        v_call = rep(c("TRBV1", "TRBV2"), each = 3))
    run <- Clustering(method = "mcl", v_gene = "gene")
    memory <- run$fit(rows)
    run$batch_precluster(rows)
    id <- clustcr:::carried_identity(clusterSummary(memory))$id
    expect_length(unique(id), 1)
    while (!is.null(run$batch_cluster())) NULL
    expect_identical(clustcr:::carried_identity(clusterMatrix(run,
        as = "matrix"))$id, id)
    # Of one cluster with both genes the CDR3s count once.
    expect_identical(clustcr:::carried_identity(clusterSummary(data.frame(
        cluster = 1, rows)))$id, id[1])
    pairs <- data.frame(junction_aa_alpha = c("CAVF", "CAVF"),
        junction_aa_beta = c("CASSF", "CATSF"))
    fit <- Clustering(method = "mcl", chain = "AB")$fit(pairs)
    expect_identical(
        clustcr:::carried_identity(clusterMatrix(fit, as = "matrix")),
        clustcr:::carried_identity(clusterSummary(cbind(cluster = 1L, pairs)))
    )
})

test_that("what was found of another clustering is refused", {
    runs <- two_runs()
    a <- associated(runs$one)
    reference <- data.frame(junction_aa = as.data.frame(runs$one)$junction_aa,
        label = "a")
    label <- annotateClusters(runs$one, reference, permutations = 0)
    refused <- function(code, name) {
        expect_error(code, paste0("`", name, "` must be of the clusters of"),
            class = "clustcr_error_clusters")
    }
    file <- withr::local_tempfile(fileext = ".html")
    # Whichever form the other has.
    for (x in list(runs$two, as.data.frame(runs$two), runs$two[seq_along(a)])) {
        refused(publicClusters(x, clusterMatrix(runs$one, as = "matrix")),
            "matrix")
        skip_if_not_installed("reactable")
        skip_if_not_installed("visNetwork")
        refused(exploreClusters(x, file, association = a), "association")
        refused(exploreClusters(x, file, annotation = label), "annotation")
    }
    refused(exploreClusters(runs$two, file, association = a[1:20, ]),
        "association")
    skip_if_not_installed("ggplot2")
    refused(plotAssociation(a, summary = clusterSummary(runs$two)), "summary")
    expect_false(file.exists(file))
})

test_that("the same clusters of another directory or session are taken", {
    cohort <- random_cohort(4, 150, 42)
    files <- write_cohort(cohort)
    x <- cohort_clusters(files)
    y <- cohort_clusters(files)
    expect_false(identical(x@store_id, y@store_id))
    file <- withr::local_tempfile()
    saveRDS(associated(x), file)
    found <- readRDS(file)
    expect_silent(same <- publicClusters(y, clusterMatrix(x, as = "matrix")))
    expect_identical(same, publicClusters(x))
    skip_if_not_installed("ggplot2")
    expect_silent(plotAssociation(found, summary = clusterSummary(y)))
    skip_if_not_installed("reactable")
    skip_if_not_installed("visNetwork")
    page <- withr::local_tempfile(fileext = ".html")
    for (z in list(y, openClusters(y@directory), as.data.frame(y))) {
        expect_silent(exploreClusters(z, page, association = found))
    }
})

test_that("clusters are joined by their members where that is asked for", {
    runs <- two_runs()
    a <- associated(runs$one)
    of_one <- members_text(runs$one)
    of_two <- members_text(runs$two)
    expected <- a$p_value[match(of_two, of_one)]
    expect_gt(sum(!is.na(expected)), 5)
    expect_gt(sum(is.na(expected)), 5)
    expect_message(
        table <- clustcr:::explorer_table(runs$two, a, NULL, "cluster_id"),
        paste0("`association`: ", sum(!of_one %in% of_two), " of ",
            length(of_one), " clusters left out"),
        class = "clustcr_message_left_out"
    )
    at <- match(seq_along(of_two), table$rows$cluster)
    expect_equal(table$rows$p_value[at], signif(expected, 3))
    # By number, for somebody who knows.
    expect_silent(table <- clustcr:::explorer_table(runs$two,
        a[a$cluster %in% seq_along(of_two), ], NULL, "cluster"))
    at <- match(seq_along(of_two), table$rows$cluster)
    expect_equal(table$rows$p_value[at], signif(a$p_value, 3)[
        seq_along(of_two)])
    matrix <- clusterMatrix(runs$one, "presence", "matrix")
    part <- as.data.frame(runs$two)
    part <- part[part$cluster %in% which(of_two %in% of_one), ]
    found <- suppressMessages(publicClusters(part, matrix, by = "cluster_id"))
    expect_identical(found$n_samples, unname(as.integer(Matrix::rowSums(matrix)[
        match(of_two[found$cluster], of_one)])))
    expect_error(publicClusters(part, matrix, by = "id"), "`by` must be",
        class = "clustcr_error_invalid_argument")
})

test_that("of clusters with equal CDR3s none is joined by its members", {
    x <- data.frame(cluster = c(1, 1, 2, 2, 3, 3),
        junction_aa = c("CASSF", "CATSF", "CASSF", "CATSF", "CAAAF", "CAAGF"))
    found <- clusterSummary(x)
    x$cluster <- c(9, 9, 8, 8, 7, 7)
    own <- clustcr:::carried_identity(clusterSummary(x))
    expect_message(joined <- clustcr:::joined_clusters(found, "found", own,
        "x", "cluster_id"), "`found`: 2 of 3 clusters left out")
    expect_identical(joined$cluster, 7)
})

test_that("a part of a table is of the same clustering", {
    runs <- two_runs()
    a <- associated(runs$one)
    known <- clustcr:::carried_identity
    for (table in list(a, clusterSummary(runs$one))) {
        rows <- c(7, 2, 30)
        expected <- list(cluster = rows, id = known(table)$id[rows])
        expect_equal(known(table[rows, ]), expected)
        expect_equal(known(table[rows, c("cluster", names(table)[2])]),
            expected)
        expect_equal(known(subset(table, cluster %in% rows)),
            lapply(expected, `[`, order(rows)))
        expect_identical(known(table[order(table[[2]]), ])$id[1:3],
            known(table)$id[order(table[[2]])[1:3]])
        expect_identical(known(table["cluster"]), known(table))
        expect_identical(table[, "cluster"], seq_len(nrow(table)))
        expect_identical(known(utils::head(table, 3))$cluster, 1:3)
        expect_identical(known(data.table::as.data.table(table)), known(table))
    }
    # What can't be told is told.
    expect_message(clustcr:::joined_clusters(merge(a, data.frame(cluster = 1)),
        "association", known(a), "x", NULL), "does not say which clustering",
        class = "clustcr_message_clusters")
    expect_silent(clustcr:::joined_clusters(merge(a, data.frame(cluster = 1)),
        "association", known(a), "x", "cluster"))
    expect_error(clustcr:::joined_clusters(data.frame(cluster = 1),
        "association", known(a), "x", "cluster_id"), "`association` does not",
        class = "clustcr_error_clusters")
})

test_that("assigned receptors are of the clusters that they were assigned to", {
    runs <- two_runs()
    new <- as.data.frame(runs$two)["junction_aa"]
    memory <- Clustering(method = "mcl")$fit(as.data.frame(runs$one)
        $junction_aa)
    for (x in list(runs$one, memory)) {
        found <- suppressMessages(assignClusters(x, new))
        # Far fewer than the members, and yet the same clusters.
        found <- found[which(!is.na(found$cluster))[c(TRUE, FALSE, FALSE)], ]
        found$repertoire_id <- rep_len(c("a", "b", "c", "d"), nrow(found))
        phenotype <- c(a = "x", b = "y", c = "x", d = "y")
        a <- associateClusters(found, phenotype, "wilcoxon")
        own <- clustcr:::carried_identity(clusterSummary(x))
        expect_silent(clustcr:::joined_clusters(a, "a", own, "x", NULL))
        expect_error(clustcr:::joined_clusters(a, "a",
            clustcr:::carried_identity(clusterSummary(runs$two)), "x", NULL),
            class = "clustcr_error_clusters")
    }
})
