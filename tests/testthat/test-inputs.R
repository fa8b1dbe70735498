# The same receptors in every form that people have them in.

receptors_in_all_forms <- function(data) {
    forms <- list(
        data.frame = data,
        factors = as.data.frame(unclass(data), stringsAsFactors = TRUE),
        data.table = data.table::as.data.table(data)
    )
    if (requireNamespace("tibble", quietly = TRUE)) {
        forms$tibble <- tibble::as_tibble(data)
    }
    if (requireNamespace("S4Vectors", quietly = TRUE)) {
        forms$DataFrame <- S4Vectors::DataFrame(data)
        forms$runs <- S4Vectors::DataFrame(lapply(data, function(x) {
            S4Vectors::Rle(x)
        }))
    }
    forms
}

# ... and as cells, and as sequences alone.
more_forms <- function(data) {
    forms <- receptors_in_all_forms(data)
    if (requireNamespace("SingleCellExperiment", quietly = TRUE)) {
        forms$SingleCellExperiment <- cell_experiment(data)
    }
    if (requireNamespace("SeuratObject", quietly = TRUE)) {
        forms$Seurat <- cell_seurat(data)
    }
    forms
}

sequences_in_all_forms <- function(junction_aa) {
    forms <- list(
        character = junction_aa, factor = factor(junction_aa),
        named = stats::setNames(junction_aa, seq_along(junction_aa))
    )
    if (requireNamespace("Biostrings", quietly = TRUE)) {
        forms$AAStringSet <- Biostrings::AAStringSet(junction_aa)
    }
    forms
}

some_receptors <- function(n = 60) {
    data.frame(
        cell_id = barcodes(n), junction_aa = random_cdr3(n, 4, 9:10),
        v_call = rep(c("TRBV9*01", "TRBV7-2*01"), n / 2), j_call = "TRBJ2-7",
        duplicate_count = seq_len(n)
    )
}

test_that("clustering takes receptors in every form", {
    data <- some_receptors()
    settings <- list(method = "mcl", v_gene = "gene")
    fit <- function(data, ...) {
        as.data.frame(do.call(Clustering, list(...))$fit(data,
            columns = "duplicate_count"))
    }
    batch <- function(data, ...) {
        run <- do.call(Clustering, list(...))$batch_precluster(data)
        run$batch_cluster(columns = "duplicate_count")
    }
    for (how in list(fit, batch)) {
        expected <- do.call(how, c(list(data), settings))
        expect_gt(nrow(expected), 10)
        forms <- more_forms(data)
        for (name in names(forms)) {
            found <- do.call(how, c(list(forms[[name]]), settings))
            expect_identical(found, expected, info = name)
        }
        expected <- how(data$junction_aa, method = "mcl")
        forms <- sequences_in_all_forms(data$junction_aa)
        for (name in names(forms)) {
            expect_identical(how(forms[[name]], method = "mcl"), expected,
                info = name)
        }
    }
})

test_that("training, graphs and profiles take receptors in every form", {
    data <- some_receptors()
    forms <- c(more_forms(data), sequences_in_all_forms(data$junction_aa))
    all <- list(
        function(x) Clustering(faiss_training_data = x)$centroids,
        function(x) neighborGraph(x), function(x) encodeCdr3(x, 20)
    )
    for (how in all) {
        expected <- how(data$junction_aa)
        for (name in names(forms)) {
            expect_identical(how(forms[[name]]), expected, info = name)
        }
    }
})

test_that("clusters, labels and sheets are taken in every form of a table", {
    data <- some_receptors()
    clusters <- as.data.frame(Clustering(method = "mcl")$fit(data))
    clusters$label <- rep(c("a", "b", "b"), length.out = nrow(clusters))
    clusters$v_call <- "TRBV9"
    clusters$j_call <- "TRBJ2-7"
    clusters$cluster <- as.character(clusters$cluster)
    counts <- matrix(c(1, 0, 2, 0, 1, 1, 0, 3), 2)
    sheet <- data.frame(repertoire_id = letters[1:4],
        kind = c("x", "x", "y", "y"))
    colnames(counts) <- letters[1:4]
    all <- list(
        function(x, y) clusterSummary(x), function(x, y) clusterContents(x),
        function(x, y) clusterEdges(x), function(x, y) clusterFeatures(x),
        function(x, y) publicClusters(x),
        function(x, y) clusterMetrics(x, x, permutations = 2),
        function(x, y) annotateClusters(x, x, permutations = 2),
        function(x, y) compareClusterings(x, clusters)["ari"],
        function(x, y) neighborEnrichment(x, clusters),
        function(x, y) neighborEnrichment(clusters, x),
        function(x, y) associateClusters(counts, "kind", samples = y)
    )
    tables <- receptors_in_all_forms(clusters)
    sheets <- receptors_in_all_forms(sheet)
    for (i in seq_along(all)) {
        expected <- suppressMessages(all[[i]](clusters, sheet))
        for (name in names(tables)) {
            expect_warning(found <- suppressMessages(
                all[[i]](tables[[name]], sheets[[name]])), NA)
            # Columns of the user's own come back as they were.
            own <- vapply(found, is.factor, NA)
            found[own] <- lapply(found[own], as.character)
            expect_equal(found, expected, info = paste(i, name))
        }
    }
})

test_that("results come as data.frame, DataFrame, graph and matrix", {
    skip_if_not_installed("S4Vectors")
    result <- Clustering(method = "mcl")$fit(some_receptors())
    table <- S4Vectors::DataFrame(as.data.frame(result))
    expect_s4_class(table, "DataFrame")
    expect_identical(as.data.frame(table), as.data.frame(result))
    all <- S4Vectors::DataFrame(as.data.frame(result, columns =
        c("duplicate_count", "sample_counts", "cluster_id")))
    expect_identical(as.data.frame(clusterSummary(all)),
        as.data.frame(clusterSummary(result)))
    x <- cohort_clusters(cohort_files()[1:2])
    part <- as.data.frame(x[1:3])
    expect_identical(as.data.frame(S4Vectors::DataFrame(part)), part)
    skip_if_not_installed("igraph")
    graph <- asIgraph(result)
    expect_s3_class(graph, "igraph")
    expect_equal(igraph::vcount(graph), nrow(as.data.frame(result)))
})
