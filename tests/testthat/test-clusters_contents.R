naive_cluster_edges <- function(rows, genes = NULL) {
    parts <- lapply(unique(rows$cluster), function(one) {
        own <- rows[rows$cluster == one, ]
        edges <- naive_hamming_pairs(own$junction_aa)
        cbind(cluster = rep(one, nrow(edges)), edges)
    })
    do.call(rbind, parts)
}

test_that("links are those within clusters", {
    junction_aa <- random_cdr3(400, 2, 8:9)
    d <- data.frame(
        junction_aa = junction_aa,
        cluster = withr::with_seed(2, sample(c("b", "a", "c"), 400, TRUE))
    )
    found <- clusterEdges(d)
    expect_gt(nrow(found), 50)
    expect_identical(found, naive_cluster_edges(d))
    # Any rows of any order, several of a receptor.
    again <- d[c(which(d$cluster == "b"), rev(which(d$cluster != "b")), 1:50), ]
    expect_identical(
        clusterEdges(again, "a"),
        naive_cluster_edges(d[d$cluster == "a", ])
    )
})

test_that("genes and distance are those of the run, or as asked for", {
    x <- cohort_clusters(write_cohort(random_cohort(3, 80, 3)))
    table <- as.data.frame(x)
    edges <- clusterEdges(x)
    expect_identical(edges, clusterEdges(table, v_gene = "gene"))
    expect_identical(edges[edges$cluster == 2, -1], ignore_attr = TRUE,
        neighborGraph(table[table$cluster == 2, ], v_gene = "gene"))
    expect_identical(edges$v_call, table$v_call[match(
        paste(edges$cluster, edges$from), paste(table$cluster,
            table$junction_aa))])
    # Without a gene there are no neighbors, if so asked for.
    d <- data.frame(cluster = 1, junction_aa = c("CASSF", "CATSF", "CAGSF"),
        v_call = c("", NA, "TRBV9"))
    expect_identical(nrow(clusterEdges(d, v_gene = "gene")), 1L)
    expect_identical(
        nrow(clusterEdges(d, v_gene = "gene", missing_genes = "none")), 0L
    )
    # Of a pair it is enough that one of its two is not there.
    pairs <- data.frame(cluster = 1, junction_aa_alpha = "CAVF",
        junction_aa_beta = c("CASSF", "CASTF"), v_call_alpha = "",
        v_call_beta = "TRBV9")
    expect_identical(nrow(clusterEdges(pairs, v_gene = "gene")), 1L)
    expect_identical(
        nrow(clusterEdges(pairs, v_gene = "gene", missing_genes = "none")), 0L
    )
    d <- data.frame(cluster = 1, junction_aa = c("CASSF", "CASSSF", "CATTF"))
    expect_identical(nrow(clusterEdges(d)), 0L)
    expect_identical(clusterEdges(d, distance = "levenshtein")$to, "CASSSF")
    expect_identical(nrow(clusterEdges(d, max_distance = 2)), 1L)
    fitted <- Clustering(method = "mcl", distance = "levenshtein")$fit(
        c("CASSFGQF", "CASSFGGQF")
    )
    expect_identical(nrow(clusterEdges(fitted)), 1L)
    expect_error(clusterEdges(d, v_gene = "gene"), "`v_call`",
        class = "clustcr_error_invalid_argument")
    expect_error(clusterEdges(d, distance = "far"), "`distance`",
        class = "clustcr_error_invalid_argument")
})

test_that("sets of genes that meet are links, of the same CDR3, too", {
    d <- data.frame(junction_aa = c("CASSF", "CASSF", "CATSF", "CAGSF"),
        v_call = c("TRBV6-2", "TRBV6-2,TRBV6-3", "TRBV6-3", "TRBV9"))
    x <- Clustering(method = "components", v_gene = "gene",
        ambiguous_genes = "any")$fit(d)
    expect_identical(nrow(as.data.frame(x)), 3L)
    edges <- clusterEdges(x)
    expect_identical(edges$from, c("CASSF", "CASSF"))
    expect_identical(edges$to, c("CASSF", "CATSF"))
    expect_identical(edges$v_call, d$v_call[1:2])
    expect_identical(edges[-1], ignore_attr = TRUE, neighborGraph(d,
        v_gene = "gene", ambiguous_genes = "any"))
    expect_identical(nrow(clusterEdges(x, ambiguous_genes = "same")), 0L)
    # Not those of other clusters.
    parted <- cbind(as.data.frame(x)[-3], cluster = c(1, 2, 2))
    expect_identical(clusterEdges(parted, v_gene = "gene", ambiguous_genes =
        "any")$cluster, 2)
    expect_error(clusterEdges(x, ambiguous_genes = "all"), "`ambiguous_genes`",
        class = "clustcr_error_invalid_argument")
})

test_that("members are those of the clusters asked for", {
    x <- cohort_clusters(write_cohort(random_cohort(3, 80, 4)))
    table <- as.data.frame(x, columns = c("duplicate_count", "n_samples"))
    all <- clusterContents(x)
    expect_equal(all[names(table)], table)
    some <- clusterContents(x, c(4, 2))
    expect_equal(some, rbind(all[all$cluster == 4, ], all[all$cluster == 2, ]),
        ignore_attr = TRUE)
    sizes <- table(table$cluster)
    expect_identical(
        unique(clusterContents(x, largest = 3)$cluster),
        as.integer(names(sizes)[order(-sizes)][1:3])
    )
    expect_equal(clusterContents(table, c(4, 2)), some)
    expect_equal(clusterContents(table, largest = 3),
        clusterContents(x, largest = 3))
    # More than there are: all.
    expect_identical(nrow(clusterContents(x, largest = 1e6)), nrow(all))
    expect_error(clusterContents(x, 1, largest = 2), "`largest`",
        class = "clustcr_error_invalid_argument")
    expect_error(clusterContents(x, length(x) + 1), "`cluster`",
        class = "clustcr_error_invalid_argument")
    expect_error(clusterContents(table, "none"), ", not none$",
        class = "clustcr_error_invalid_argument")
})

test_that("rows of several samples become one", {
    d <- data.frame(
        cluster = c(1, 1, 1, NA), junction_aa = c("CASF", "CATF", "CASF", "CF"),
        v_call = c("TRBV9*01", "TRBV9", "TRBV9", "TRBV9"),
        duplicate_count = c(2, 3, NA, 1), repertoire_id = c("b", "a", "a", "a"),
        label = c("x", "y", "z", "z")
    )
    found <- clusterContents(d)
    expect_identical(found$junction_aa, c("CASF", "CATF"))
    expect_identical(found$duplicate_count, c(3, 3))
    expect_identical(found$n_samples, c(2L, 1L))
    expect_identical(found$label, c("x", "y"))
    expect_identical(clusterContents(d[4, ])$junction_aa, character())
})

test_that("a graph has the members and links", {
    skip_if_not_installed("igraph")
    d <- data.frame(
        cluster = c(1, 1, 1, 2), junction_aa = c("CASF", "CATF", "CASF",
            "CGGF"),
        v_call = c("TRBV1", "TRBV1", "TRBV2", "TRBV1"), name = 1:4
    )
    graph <- asIgraph(d)
    expect_false(igraph::is_directed(graph))
    expect_identical(igraph::V(graph)$name, c("CASF", "CATF", "CGGF"))
    expect_identical(igraph::V(graph)$cluster, c(1, 1, 2))
    expect_equal(igraph::as_edgelist(graph), rbind(c("CASF", "CATF")))
    # A CDR3 of two genes is two receptors where genes count.
    graph <- asIgraph(d, v_gene = "gene")
    expect_identical(igraph::V(graph)$name, paste(d$junction_aa, d$v_call))
    expect_equal(igraph::as_edgelist(graph, names = FALSE), rbind(c(1, 2)))
    expect_equal(igraph::vcount(asIgraph(d, 2)), 1)
    expect_identical(igraph::V(asIgraph(d, 2))$name, "CGGF")
    expect_equal(igraph::vcount(asIgraph(d[0, ])), 0)
    without_package("igraph")
    expect_error(asIgraph(d), "igraph",
        class = "clustcr_error_missing_package")
})

test_that("numbers of samples come from `sample_counts`", {
    at <- sample_numbers(c("1:3,4:1", "12:100000000000"))
    expect_identical(at$row, c(1L, 1L, 2L))
    expect_identical(at$sample, c(1, 4, 12))
    expect_identical(at$count, c(3, 1, 1e11))
    expect_length(sample_numbers(character())$row, 0)
})

test_that("links are those of the graph, by any gene and of pairs", {
    d <- random_cohort(1, 150, 9)[[1]]
    for (level in c("none", "family", "gene", "allele")) {
        # Of a component all links are within it.
        result <- suppressMessages(Clustering(method = "components",
            v_gene = level)$fit(d))
        edges <- clusterEdges(result)
        graph <- neighborGraph(d, v_gene = level)
        key <- function(x) do.call(paste, x[names(graph)])
        expect_setequal(key(edges), key(graph))
    }
    pairs <- data.frame(
        junction_aa_alpha = rep(c("CAVF", "CATF"), each = 3),
        junction_aa_beta = c("CASSF", "CATSF", "CGGGF")
    )
    result <- Clustering(method = "components", chain = "AB")$fit(pairs)
    expect_setequal(
        paste(clusterEdges(result)$from, clusterEdges(result)$to),
        c("CATF:CASSF CATF:CATSF", "CAVF:CASSF CAVF:CATSF",
            "CATF:CASSF CAVF:CASSF", "CATF:CATSF CAVF:CATSF",
            "CATF:CGGGF CAVF:CGGGF")
    )
})
