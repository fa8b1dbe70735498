test_that("an object has the clusters that Clustering finds", {
    tables <- random_cohort(3, 150, 1)
    directory <- withr::local_tempdir()
    x <- cohort_clusters(write_cohort(tables), directory = directory)
    run <- Clustering(method = "mcl", v_gene = "gene", mcl_params = c(1.5, 2))
    for (name in names(tables)) run$batch_precluster(tables[[name]], name)
    columns <- c("duplicate_count", "n_samples", "sample_counts", "cluster_id")
    expected <- all_batches(run, columns = columns)
    attr(expected, "batches") <- NULL
    found <- as.data.frame(x, columns = columns)
    expect_gt(nrow(found), 50)
    expect_identical(found, expected)
    expect_identical(length(x), max(expected$cluster))
    expect_identical(as.data.frame(x), expected[1:4])
    run$batch_cleanup()
})

test_that("clusters are taken by number, in the order asked for", {
    x <- cohort_clusters(write_cohort(random_cohort(2, 120, 2)))
    all <- as.data.frame(x)
    n <- length(x)
    pick <- c(n, 2, 1)
    expected <- do.call(rbind, lapply(pick, function(i) {
        all[all$cluster == i, ]
    }))
    rownames(expected) <- NULL
    expect_identical(as.data.frame(x[pick]), expected)
    expect_identical(x[c(pick, 2)], x[pick])
    expect_identical(length(x[pick]), 3L)
    expect_identical(unique(as.data.frame(x[-1])$cluster), 2:n)
    expect_identical(x[], x)
    expect_identical(as.data.frame(x[integer()]), all[0, ])
    expect_identical(length(x[integer()]), 0L)
    odd <- seq_len(n) %% 2 == 1
    expect_identical(x[odd], x[which(odd)])
    expect_identical(head(x, 2), x[1:2])
    expect_identical(head(x, 1 - n), x[1])
    expect_identical(as.data.frame(head(x, n + 5)), all)
    for (bad in list(0, n + 1, 1.5, NA_real_, "a", c(-1, 2), TRUE, NA)) {
        expect_error(x[bad], "`i`", class = "clustcr_error_invalid_argument")
    }
    expect_error(x[1, 2], class = "clustcr_error_invalid_argument")
    expect_error(head(x, "a"), "`n`", class = "clustcr_error_invalid_argument")
})

test_that("members are told by repertoire, with their counts", {
    tables <- random_cohort(3, 150, 3)
    x <- cohort_clusters(write_cohort(tables))
    for (cluster in c(1, length(x))) {
        found <- clusterMembers(x, cluster)
        rows <- as.data.frame(x[cluster])
        expect_identical(x[[cluster]], found)
        expected <- do.call(rbind, lapply(names(tables), function(name) {
            table <- tables[[name]]
            table$v_call <- sub("[*].*", "", table$v_call)
            at <- paste(table$junction_aa, table$v_call) %in%
                paste(rows$junction_aa, rows$v_call)
            data.frame(table[at, ], repertoire_id = rep(name, sum(at)))
        }))
        sorted <- function(x) {
            x <- x[c("junction_aa", "v_call", "repertoire_id",
                "duplicate_count")]
            x$duplicate_count <- as.numeric(x$duplicate_count)
            x <- x[do.call(order, c(unname(as.list(x)), method = "radix")), ]
            rownames(x) <- NULL
            x
        }
        expect_identical(sorted(found), sorted(expected))
    }
    expect_error(clusterMembers(x, 0), "`cluster`",
        class = "clustcr_error_invalid_argument")
})

test_that("eachUnit() gives whole clusters, all of them once", {
    # So little memory that there are several units.
    x <- cohort_clusters(cohort_files(), v_gene = "none",
        memory_limit = "1MB")
    expect_gt(nrow(x@units), 1)
    parts <- list()
    eachUnit(x, function(part, more) {
        expect_identical(more, "given")
        parts[[length(parts) + 1]] <<- part
    }, "given", columns = "n_samples")
    numbers <- lapply(parts, function(part) unique(part$cluster))
    expect_identical(anyDuplicated(unlist(numbers)), 0L)
    all <- as.data.frame(x, columns = "n_samples")
    expect_identical(do.call(rbind, parts), all)
    # One of each unit by number.
    some <- vapply(numbers, `[`, 1L, 1L)
    expect_identical(unique(as.data.frame(x[some])$cluster), some)
    expect_error(eachUnit(list(), print),
        class = "clustcr_error_invalid_argument")
})

test_that("it is opened again, in another session and after readRDS()", {
    directory <- withr::local_tempdir()
    samples <- data.frame(repertoire_id = c("a", "b"),
        group = factor(c("ill", "well")))
    x <- cohort_clusters(write_cohort(random_cohort(2, 100, 4)), samples,
        directory = directory)
    y <- openClusters(directory)
    expect_identical(y, x)
    expect_identical(clusterSamples(y)$group, samples$group)
    file <- withr::local_tempfile()
    saveRDS(x, file)
    other <- in_session(function(file, directory) {
        library(clustcr)
        x <- readRDS(file)
        list(as.data.frame(x), as.data.frame(openClusters(directory)),
            length(x))
    }, file, directory)
    expect_identical(other, list(as.data.frame(x), as.data.frame(x),
        length(x)))
})

test_that("a directory that was moved is opened where it is", {
    parent <- withr::local_tempdir()
    x <- cohort_clusters(write_cohort(random_cohort(2, 80, 5)),
        directory = file.path(parent, "one"))
    before <- as.data.frame(x)
    file.rename(file.path(parent, "one"), file.path(parent, "two"))
    expect_error(as.data.frame(x), class = "clustcr_error_gone")
    expect_identical(as.data.frame(openClusters(file.path(parent, "two"))),
        before)
})

test_that("a store that is gone, or made anew, is a typed error", {
    directory <- withr::local_tempdir()
    x <- cohort_clusters(write_cohort(random_cohort(2, 80, 6)),
        directory = directory)
    Clustering(directory = directory)$batch_cleanup()
    expect_error(as.data.frame(x[1]), class = "clustcr_error_gone")
    expect_error(openClusters(directory), class = "clustcr_error_gone")
    expect_error(openClusters(file.path(directory, "none")),
        class = "clustcr_error_gone")
    # Printing says what is known, as it does not need the store.
    expect_output(print(x), "2 repertoires")
    expect_output(print(x[1]), "RepertoireClusters: 1 of [0-9]+ cluster")
    other <- Clustering(method = "mcl", directory = directory)
    other$batch_precluster(c("CASSLGQAYEQYF", "CASSPGQAYEQYF"))
    expect_error(as.data.frame(x), "another store",
        class = "clustcr_error_gone")
    expect_error(openClusters(directory),
        class = "clustcr_error_not_finished")
    other$batch_cluster_all(identity)
    # That of a Clustering is opened too, and not taken for the one before.
    y <- openClusters(directory)
    expect_identical(as.data.frame(y[1])$junction_aa, c("CASSLGQAYEQYF",
        "CASSPGQAYEQYF"))
    expect_identical(clusterSamples(y)$repertoire_id, "batch 1")
    other$batch_cleanup()
})

test_that("it prints what was clustered, what was dropped, and why", {
    tables <- list(
        a = data.frame(
            junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASS*GQF", "",
                "CASSLGTEAFF"),
            v_call = c("TRBV7-9", "TRBV7-9", "TRBV7-9", "TRBV7-9", "")
        ),
        b = data.frame(junction_aa = "CAVRDSNYQLIW", v_call = "TRAV3")
    )
    # Lines are broken where the console ends.
    shown <- function(x) {
        gsub("\\s+", " ", paste(capture.output(print(x)), collapse = " "))
    }
    x <- cohort_clusters(write_cohort(tables))
    text <- shown(x)
    expect_match(text, "1 cluster of 2 receptors in 2 repertoires",
        fixed = TRUE)
    expect_match(text, "MCL (inflation 1.5): beta chains at Hamming distance 1",
        fixed = TRUE)
    expect_match(text, "Dropped: 3 of 6 rows", fixed = TRUE)
    for (reason in c("1 stop codon", "1 of another locus",
        "1 without a CDR3")) {
        expect_match(text, reason, fixed = TRUE)
    }
    expect_match(text, "In no cluster: 1 of 3 distinct receptors",
        fixed = TRUE)
    expect_match(text, "1 row names no V gene: a group of its own",
        fixed = TRUE)
    # Files without genes, and a row that can't be clustered besides.
    bare <- write_cohort(list(c = data.frame(junction_aa = c("CASSF", "CASRF",
        "C*F"))))
    for (file in c(bare, write_cohort(list(d = data.frame(junction_aa =
        c("CASSF", "CASRF", "C*F"), v_call = ""))))) {
        text_of_none <- shown(cohort_clusters(file))
        expect_match(text_of_none,
            "no row names a V gene: clustered as by `v_gene = \"none\"`",
            fixed = TRUE)
        # And nowhere is it said that they were the same.
        expect_false(grepl("same V", text_of_none))
    }
    expect_match(text, "with the same V gene", fixed = TRUE)
    found <- summary(x)
    expect_identical(found$sizes, data.frame(size = 2, clusters = 1))
    expect_output(print(found), "2 +1 cluster +2 receptors")
    skip_if_not_installed("knitr")
    expect_match(as.character(knitr::knit_print(found)), "|size", fixed = TRUE)
})

test_that("a motif in a document keeps its dots, and a cluster its name", {
    skip_if_not_installed("knitr")
    about <- clusterSummary(data.frame(cluster = 1080, junction_aa = paste0(
        "CAS", c("AAA", "DDD", "EEE", "GGG"), "F"), repertoire_id = "a"))
    about$duplicate_count <- 12345
    text <- knitr::kable(clustcr:::knitted_largest(about), format = "pipe",
        format.args = list(big.mark = ","))
    expect_match(text[3], "|1080 ", fixed = TRUE)
    expect_match(text[3], "|`CAS...F` ", fixed = TRUE)
    skip_if_not(nzchar(Sys.which("pandoc")))
    html <- system2("pandoc", c("-f", "markdown+smart", "-t", "html"),
        input = text, stdout = TRUE)
    expect_match(paste(html, collapse = ""), "<code>CAS...F</code>",
        fixed = TRUE)
})

test_that("the audit balances", {
    x <- cohort_clusters(cohort_files())
    found <- clusterAudit(x)
    expect_s3_class(found, "clustcr_audit")
    receptors <- attr(found, "receptors")
    expect_identical(sum(found$accepted), receptors$rows)
    expect_identical(receptors$clustered + receptors$without_neighbor,
        receptors$receptors)
    all <- as.data.frame(x, columns = "n_samples")
    expect_identical(as.numeric(nrow(all)), receptors$clustered)
    expect_output(print(found), "distinct receptors")
})

test_that("what comes later takes it as it is", {
    samples <- data.frame(repertoire_id = paste0("sample_", 1:6),
        group = rep(c("a", "b"), each = 3))
    x <- cohort_clusters(cohort_folder(), samples)
    tests <- associateClusters(x, "group")
    table <- as.data.frame(x, columns = "sample_counts")
    cells <- strsplit(table$sample_counts, ",")
    counts <- matrix(0, length(x), 6)
    for (i in seq_along(cells)) {
        parts <- strsplit(cells[[i]], ":")
        for (part in parts) {
            at <- cbind(table$cluster[i], as.integer(part[1]))
            counts[at] <- counts[at] + as.numeric(part[2])
        }
    }
    colnames(counts) <- samples$repertoire_id
    expect_equal(as.data.frame(tests), as.data.frame(
        associateClusters(counts, samples$group)
    ), ignore_attr = TRUE)
    expect_identical(
        compareClusterings(x, as.data.frame(x))$scores,
        compareClusterings(as.data.frame(x), as.data.frame(x))$scores
    )
})

test_that("a cohort without clusters, or without rows, is no error", {
    tables <- list(a = data.frame(junction_aa = "CASSLGQAYEQYF",
        v_call = "TRBV7-9"), b = data.frame(junction_aa = character(),
        v_call = character()))
    x <- cohort_clusters(write_cohort(tables))
    expect_identical(length(x), 0L)
    expect_identical(nrow(as.data.frame(x)), 0L)
    expect_identical(names(as.data.frame(x, columns = "n_samples")),
        c("junction_aa", "v_call", "cluster", "precluster", "n_samples"))
    expect_identical(nrow(as.data.frame(head(x))), 0L)
    expect_output(print(x), "0 clusters of 0 receptors in 2 repertoires")
    expect_output(print(summary(x)), "0 clusters")
})

test_that("few and none are said in words that fit", {
    of <- function(cdr3) {
        cohort_clusters(write_cohort(list(a = data.frame(
            junction_aa = cdr3, v_call = "TRBV9"
        ))))
    }
    one <- of("CASSLGQETQYF")
    expect_output(print(one),
        "In no cluster: 1 of 1 distinct receptor, which has")
    expect_output(print(clusterAudit(one)),
        "1 row is 1 distinct receptor: 0 in 0")
    expect_error(one[1], "of which `x` has none",
        class = "clustcr_error_invalid_argument")
    expect_error(clusterMembers(one, 1),
        "`cluster` must be numbers of clusters, of")
    two <- of(c("CASSLGQETQYF", "CASSPGQETQYF"))
    expect_output(print(two),
        "In no cluster: none of 2 distinct receptors\n")
    withr::local_options(OutDec = ",", scipen = -5)
    expect_no_warning(expect_output(print(clusterAudit(two)),
        "2 rows are 2 distinct"))
})

test_that("clusters are found by number whatever R writes numbers as", {
    x <- cohort_clusters(write_cohort(random_cohort(2, 120, 2)))
    reference <- data.frame(label = "a",
        junction_aa = as.data.frame(x[1:3])$junction_aa)
    frame <- transform(as.data.frame(x), cluster = cluster * 1e5)
    look <- function() {
        list(
            as.data.frame(x[c(3, 1)]), clusterMembers(x, 2),
            clusterContents(x, c(2, 1)),
            clusterEdges(frame, c(2e5, 1e5)),
            as.data.frame(annotateClusters(x, reference))
        )
    }
    expected <- look()
    expect_gt(min(vapply(expected, NROW, 0L)), 0L)
    expect_identical(unique(expected[[4]]$cluster), c(2e5, 1e5))
    withr::local_options(OutDec = ",", scipen = -10, digits = 3)
    expect_identical(look(), expected)
    expect_output(print(cohort_clusters(cohort_files()[1], mcl_params =
        c(1.4, 2))), "(inflation 1.4): beta chains at Hamming distance 1 with",
        fixed = TRUE)
    expect_error(clusterMembers(x, 1e5), "from 1 to [0-9]+, not 100000$")
})

test_that("what goes on with a store that has no clusters is named", {
    directory <- withr::local_tempdir()
    run <- Clustering(method = "mcl", directory = file.path(directory, "a"))
    run$batch_precluster(c("CASSLGF", "CASSPGF"), name = "a")
    expect_error(openClusters(file.path(directory, "a")), "batch_cluster\\(\\)",
        class = "clustcr_error_not_finished")
    while (!is.null(run$batch_cluster())) next
    expect_identical(length(openClusters(file.path(directory, "a"))), 1L)
    run$batch_cleanup()
})
