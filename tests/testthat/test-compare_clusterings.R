as_clusters <- function(cluster, junction_aa = NULL) {
    if (is.null(junction_aa)) {
        junction_aa <- paste0("CAS", LETTERS[seq_along(cluster)], "F")
    }
    data.frame(junction_aa = junction_aa, cluster = cluster)
}

# Counts of pairs of receptors that are together.
naive_rand <- function(a, b) {
    pairs <- utils::combn(length(a), 2)
    in_a <- a[pairs[1, ]] == a[pairs[2, ]]
    in_b <- b[pairs[1, ]] == b[pairs[2, ]]
    expected <- sum(in_a) * sum(in_b) / ncol(pairs)
    (sum(in_a & in_b) - expected) / ((sum(in_a) + sum(in_b)) / 2 - expected)
}

mutual_information <- function(a, b) {
    joint <- table(a, b) / length(a)
    product <- outer(rowSums(joint), colSums(joint))
    sum((joint * log(joint / product))[joint > 0])
}

permutations_of <- function(x) {
    if (length(x) == 1) return(list(x))
    unlist(lapply(seq_along(x), function(i) {
        lapply(permutations_of(x[-i]), function(rest) c(x[i], rest))
    }), recursive = FALSE)
}

test_that("the adjusted Rand index counts pairs", {
    for (seed in 1:10) {
        withr::with_seed(seed, {
            a <- sample(1:5, 24, TRUE)
            b <- ifelse(stats::runif(24) < 0.5, a, sample(1:7, 24, TRUE))
        })
        found <- compareClusterings(as_clusters(a), as_clusters(b))
        expect_equal(found$ari, naive_rand(a, b))
    }
})

test_that("mutual information is adjusted by its mean over all orders", {
    cases <- list(
        list(c(1, 1, 1, 2, 2, 3), c(1, 1, 2, 2, 2, 2)),
        list(c(1, 1, 2, 2, 3, 3), c(1, 2, 1, 2, 3, 3)),
        list(c(1, 1, 1, 1, 1, 2), c(1, 2, 3, 3, 3, 3))
    )
    for (case in cases) {
        a <- case[[1]]
        b <- case[[2]]
        mean <- mean(vapply(permutations_of(b), mutual_information, 0, a = a))
        entropy <- (mutual_information(a, a) + mutual_information(b, b)) / 2
        found <- compareClusterings(as_clusters(a), as_clusters(b))
        expect_equal(found$ami,
            (mutual_information(a, b) - mean) / (entropy - mean))
    }
})

test_that("equal clusterings are equal whatever their names", {
    a <- as_clusters(c(1, 1, 2, 2, 2, 3, 3))
    b <- as_clusters(c("x", "x", "k", "k", "k", "a", "a"))
    found <- compareClusterings(a, b[7:1, ])
    expect_equal(found$ari, 1)
    expect_equal(found$ami, 1)
    expect_identical(found$a$fate, rep("unchanged", 3))
    expect_identical(found$a$match, c("x", "k", "a"))
    expect_identical(found$a$jaccard, c(1, 1, 1))
    expect_identical(found$b$fate, rep("unchanged", 3))
})

test_that("each fate is told", {
    own <- list(
        unchanged = c("A", "B"), grown = c("C", "D"), split = c("E", "F", "G",
            "H"), merged_1 = c("I", "J"), merged_2 = c("K", "L"),
        gone = c("M", "N"), shrunk = c("O", "P", "Q"),
        both = c("R", "S", "T", "U"), both_2 = c("V", "W")
    )
    other <- list(
        same = c("A", "B"), larger = c("C", "D", "X"), part_1 = c("E", "F"),
        part_2 = c("G", "H"), union = c("I", "J", "K", "L"),
        smaller = c("O", "P"), new = c("Y", "Z"), half = c("R", "S"),
        mixed = c("T", "U", "V", "W")
    )
    table_of <- function(x) {
        data.frame(
            junction_aa = paste0("CAS", unlist(x), "F"),
            cluster = rep(names(x), lengths(x))
        )
    }
    found <- compareClusterings(table_of(own), table_of(other))
    expect_identical(
        stats::setNames(found$a$fate, found$a$cluster),
        c(unchanged = "unchanged", grown = "grown", split = "split",
            merged_1 = "merged", merged_2 = "merged", gone = "gone",
            shrunk = "shrunk", both = "split and merged", both_2 = "merged")
    )
    expect_identical(
        stats::setNames(found$b$fate, found$b$cluster),
        c(same = "unchanged", larger = "grown", part_1 = "split",
            part_2 = "split", union = "merged", smaller = "shrunk",
            new = "new", half = "split", mixed = "split and merged")
    )
    expect_identical(found$a$parts, c(1L, 1L, 2L, 1L, 1L, 0L, 1L, 2L, 1L))
    expect_identical(found$a$match[c(3, 4, 6)], c("part_1", "union", NA))
    expect_equal(found$a$jaccard[c(1, 2, 3, 6)], c(1, 2 / 3, 1 / 2, 0))
    expect_identical(found$receptors,
        c(both = 20L, only_a = 3L, only_b = 3L))
    expect_output(print(found), "9 clusters of a: 3 merged")
})

test_that("receptors in no cluster are alone", {
    a <- as_clusters(c(1, 1, 2, 2, NA, NA))
    b <- as_clusters(c(1, 1, 2, 2, 3, 3))
    alone <- c(1, 1, 2, 2, 8, 9)
    found <- compareClusterings(a, b)
    expect_equal(found$ari, naive_rand(alone, c(1, 1, 2, 2, 3, 3)))
    expect_identical(found$b$fate, c("unchanged", "unchanged", "new"))
    expect_identical(compareClusterings(a[0, ], b[0, ])$ari, 1)
})

test_that("many clusters take no time", {
    a <- as_clusters(rep(1:50000, each = 3), paste0("C", 1:150000))
    b <- as_clusters((0:149999) %/% 4, a$junction_aa)
    time <- system.time(found <- compareClusterings(a, b))[["elapsed"]]
    expect_lt(time, 30)
    expect_gt(found$ari, 0.4)
    expect_gt(found$ami, found$ari)
})

test_that("bad input is refused", {
    a <- as_clusters(c(1, 1, 2))
    expect_error(compareClusterings(1:3, a), "`a` must be",
        class = "clustcr_error_invalid_argument")
    expect_error(compareClusterings(a, a["cluster"]), "lacks `junction_aa`",
        class = "clustcr_error_invalid_argument")
    twice <- rbind(a, transform(a[1, ], cluster = 2))
    expect_error(compareClusterings(a, twice), "`b` must have each receptor",
        class = "clustcr_error_invalid_argument")
})

test_that("clusterings without clusters are compared and printed", {
    none <- as_clusters(c(1, 1))[0, ]
    expect_output(print(compareClusterings(none, none)),
        "0 clusters of a: none")
    withr::local_options(OutDec = ",", scipen = -5)
    a <- as_clusters(rep(1:600, each = 2), paste0("C", 1:1200))
    expect_no_warning(expect_output(print(compareClusterings(a, a)),
        "both: 1,200 (only in a: 0", fixed = TRUE))
})

# Cells with both chains: pairs in three clusters, of which betas keep two.
cells_of_pairs <- function() {
    cells <- data.frame(cell_id = paste0("c", 1:8),
        junction_aa_alpha = rep(c("CAVRDF", "CAVRNF", "CALSEGF", "CAMSF"), 2),
        junction_aa_beta = c("CASSLGF", "CASSLAF", "CASRQTF", "CASRQSF",
            "CASSLGF", "CASSLAF", "CASRQTF", "CASRQSF"))
    cells
}

test_that("pairs and one of their chains are compared by cell, or not at all", {
    cells <- cells_of_pairs()
    pairs <- Clustering(method = "mcl", chain = "AB")$fit(cells[-1])
    beta <- Clustering(method = "mcl")$fit(cells$junction_aa_beta)
    refused <- function(code) {
        expect_error(code, "must be of the same chains",
            class = "clustcr_error_cells")
    }
    refused(compareClusterings(pairs, beta))
    refused(compareClusterings(beta, as.data.frame(pairs)))
    refused(compareClusterings(pairs, beta, by = "junction_aa"))
    alpha <- Clustering(method = "mcl", chain = "A")$fit(
        cells$junction_aa_alpha)
    refused(compareClusterings(alpha, beta))
    refused(clusterMetrics(pairs, data.frame(
        junction_aa = cells$junction_aa_beta, label = "a")))
    refused(clusterMetrics(beta, cbind(cells[-1], label = "a")))
    # By cell, whatever else the tables have.
    a <- cbind(cells, cluster = c(1, 1, NA, 3, 1, 1, NA, 3))
    b <- data.frame(cell_id = rev(cells$cell_id),
        junction_aa = rev(cells$junction_aa_beta),
        cluster = rev(c(5, 5, 7, 7, 5, 5, 7, 7)))
    expect_message(found <- compareClusterings(a, b), "by `cell_id`")
    alone <- c(1, 1, 101, 3, 1, 1, 102, 3)
    expect_equal(found$ari, naive_rand(alone, c(5, 5, 7, 7, 5, 5, 7, 7)))
    expect_identical(found$receptors[["both"]], 6L)
    # Cells need no CDR3s; equal barcodes of two samples are two cells.
    bare <- data.frame(cell_id = c("x", "y", "x", "y"),
        repertoire_id = c("s", "s", "t", "t"), cluster = c(1, 1, 2, 2))
    expect_identical(suppressMessages(compareClusterings(bare, bare))$ari, 1)
    expect_identical(compareClusterings(b[-2], b, by = "cell_id")$ari, 1)
    labels <- data.frame(cell_id = cells$cell_id, label = rep(c("p", "q"),
        each = 2))
    found <- suppressMessages(clusterMetrics(b, labels, permutations = 1))
    expect_equal(found$value, c(1, 1, 1, 1, 1))
    expect_identical(attr(found, "counts")[["clustered"]], 8L)
})

test_that("receptors are what the clusterings' rule makes them", {
    rows <- data.frame(
        junction_aa = rep(c("CASSLGF", "CASSLAF", "CASSLSF"), 2),
        v_call = rep(c("TRBV6-2*01", "TRBV9*01"), each = 3))
    fit <- function(v_gene) {
        Clustering(method = "mcl", v_gene = v_gene)$fit(rows)
    }
    gene <- fit("gene")
    found <- compareClusterings(gene, fit("allele"))
    expect_identical(found$ari, 1)
    expect_identical(unname(found$receptors), c(6L, 0L, 0L))
    found <- compareClusterings(fit("family"), gene)
    expect_identical(unname(found$receptors), c(6L, 0L, 0L))
    # Labels name the gene with its allele.
    labels <- cbind(rows, label = rep(c("a", "b"), each = 3))
    found <- clusterMetrics(gene, labels, permutations = 1)
    expect_equal(found$value, c(1, 1, 1, 1, 1))
    expect_identical(attr(found, "counts")[["labelled"]], 6L)
    found <- clusterMetrics(fit("family"), labels, permutations = 1)
    expect_equal(found$value, c(1, 1, 1, 1, 1))
    # Without genes receptors are CDR3s.
    none <- fit("none")
    expect_identical(unname(compareClusterings(none, none)$receptors),
        c(3L, 0L, 0L))
    expect_identical(unname(compareClusterings(none,
        as.data.frame(none))$receptors), c(3L, 0L, 0L))
    one <- Clustering(method = "mcl", v_gene = "gene")$fit(rows[1:3, ])
    expect_message(found <- clusterMetrics(one, labels[c(1, 3)][1:3, ],
        permutations = 1), "has no V genes", class = "clustcr_message_genes")
    expect_identical(found$value[1], 1)
})

test_that("a blank is no cluster, in tables of text", {
    b <- data.frame(junction_aa = c("CAF", "CDF", "CEF", "CGF"),
        repertoire_id = "s", cluster = c("x", "x", "", ""))
    a <- transform(b, cluster = c(1, 1, NA, NA))
    expect_identical(compareClusterings(a, b)$ari, 1)
    expect_identical(compareClusterings(a, b)$receptors[["both"]], 2L)
    b$cluster <- factor(b$cluster)
    expect_identical(nrow(clusterSummary(b)), 1L)
    expect_identical(nrow(clusterMatrix(b, as = "matrix")), 1L)
})
