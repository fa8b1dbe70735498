# A random graph of a few components, its nodes named in no order.
random_edges <- function(nodes, edges, seed) {
    withr::with_seed(seed, {
        names <- sample(sprintf("n%03d", seq_len(nodes)))
        data.frame(
            from = sample(names, edges, replace = TRUE),
            to = sample(names, edges, replace = TRUE)
        )
    })
}

without_loops <- function(edges) edges[edges$from != edges$to, ]

# A node that has nothing but loops is a cluster of its own.
naive_with_loops <- function(edges, inflation, expansion) {
    found <- naive_mcl(without_loops(edges), inflation, expansion)
    alone <- setdiff(c(edges$from, edges$to), found$node)
    rbind(found, data.frame(node = alone, cluster = alone))
}

test_that("clusters are those of dense matrices", {
    params <- list(c(1.2, 2), c(1.5, 3), c(2, 2), c(3, 2), c(1.4, 4))
    for (seed in 1:12) {
        nodes <- c(8, 20, 45)[seed %% 3 + 1]
        edges <- random_edges(nodes, round(1.3 * nodes), seed)
        for (p in params) {
            expect_same_partition(
                markovClustering(edges, p[1], p[2]),
                naive_with_loops(edges, p[1], p[2])
            )
        }
    }
})

test_that("components larger than a SIMD panel come out the same", {
    for (seed in 1:2) {
        edges <- random_edges(120, 260, 30 + seed)
        for (inflation in c(1.2, 2)) {
            expect_same_partition(
                markovClustering(edges, inflation),
                naive_with_loops(edges, inflation, 2)
            )
        }
    }
})

test_that("the golden clusterings come out", {
    skip_without_shared()
    for (name in c(
        "hip20k_mcl_i1.2_e2", "hip20k_mcl_i1.5_e3", "hip20k_mcl_i2.0_e2",
        "hip60k_mcl_i1.2_e2"
    )) {
        golden <- golden_table(paste0(name, ".tsv.gz"))
        params <- as.numeric(
            regmatches(name, regexec("i([0-9.]+)_e([0-9]+)", name))[[1]][2:3]
        )
        found <- markovClustering(
            golden_edges(sub("_.*", "", name)), params[1], params[2]
        )
        expect_same_partition(found, golden)
    }
})

test_that("a node that two clusters share equally is in the first", {
    # The middle of each path.
    for (n in c(5, 7)) {
        edges <- data.frame(from = letters[1:(n - 1)], to = letters[2:n])
        half <- n %/% 2
        expect_identical(
            markovClustering(edges, 2)$cluster, rep(1:2, c(half + 1, half))
        )
    }
})

test_that("the result does not depend on the threads", {
    junction_aa <- random_cdr3(2000, 41)
    edges <- hammingGraph(junction_aa)
    # One component that several threads share, next to the small ones.
    giant <- random_edges(900, 2500, 42)
    for (graph in list(edges, giant)) {
        for (inflation in c(1.2, 2)) {
            expected <- markovClustering(graph, inflation)
            for (threads in c(2, 4)) {
                expect_identical(
                    markovClustering(graph, inflation, n_cpus = threads),
                    expected
                )
            }
        }
    }
})

test_that("direction, repetition and order of edges do not matter", {
    edges <- random_edges(40, 60, 51)
    expected <- markovClustering(edges, 2)
    expect_identical(
        markovClustering(data.frame(edges$to, edges$from), 2), expected
    )
    expect_identical(markovClustering(edges[rep(60:1, 2), ], 2), expected)
})

test_that("nodes may be text, factors, numbers or a matrix of them", {
    edges <- random_edges(30, 45, 52)
    expected <- markovClustering(edges)
    expect_identical(markovClustering(as.matrix(edges)), expected)
    expect_identical(
        markovClustering(data.frame(
            factor(edges$from, rev(unique(edges$from))), factor(edges$to)
        )), expected
    )
    number <- function(x) as.integer(sub("n", "", x))
    numbers <- markovClustering(
        data.frame(from = number(edges$from), to = number(edges$to))
    )
    expect_identical(numbers$node, number(expected$node))
    expect_identical(numbers$cluster, expected$cluster)
})

test_that("nodes are sorted and clusters numbered by their first nodes", {
    found <- markovClustering(random_edges(60, 70, 53), 2)
    expect_identical(found$node, sort(found$node, method = "radix"))
    expect_type(found$cluster, "integer")
    expect_identical(unique(found$cluster), seq_len(max(found$cluster)))
})

test_that("components never share a cluster, cliques are never cut", {
    clique <- function(names) as.data.frame(t(utils::combn(names, 2)))
    found <- markovClustering(
        rbind(clique(letters[1:9]), clique(letters[10:12])), 4
    )
    expect_identical(found$cluster, rep(1:2, c(9, 3)))
})

test_that("edges of many nodes stay: 30,000 pairs are 30,000 clusters", {
    # Their products would pass R's integers; numbers of nodes do not.
    pairs <- data.frame(from = 2L * 1:30000, to = 2L * 1:30000 - 1L)
    found <- markovClustering(rbind(pairs, pairs[c("to", "from")]))
    expect_identical(found$node, 1:60000)
    expect_identical(found$cluster, rep(1:30000, each = 2L))
})

test_that("tables of other packages are taken", {
    edges <- random_edges(30, 45, 54)
    expected <- markovClustering(edges)
    skip_if_not_installed("tibble")
    expect_identical(markovClustering(tibble::as_tibble(edges)), expected)
    skip_if_not_installed("S4Vectors")
    expect_identical(markovClustering(S4Vectors::DataFrame(edges)), expected)
    expect_identical(
        markovClustering(S4Vectors::DataFrame(
            from = S4Vectors::Rle(edges$from), to = factor(edges$to)
        )), expected
    )
})

test_that("equal text in two encodings is one node", {
    latin1 <- "\xe9"
    Encoding(latin1) <- "latin1"
    found <- markovClustering(
        data.frame(from = c(latin1, "\u00e9"), to = c("a", "b"))
    )
    expect_identical(found$node, c("a", "b", "\u00e9"))
})

test_that("nodes that are no text and no numbers are refused", {
    bytes <- "\xff"
    Encoding(bytes) <- "bytes"
    invalid <- "\xff"
    Encoding(invalid) <- "UTF-8"
    listed <- data.frame(from = 1:2)
    listed$to <- list("a", 2)
    bad <- list(
        listed, matrix(list("a", "b"), 1L), data.frame(1i, 2i),
        data.frame(as.raw(1), as.raw(2)), data.frame("a", bytes),
        data.frame(invalid, "a"), data.frame(TRUE, FALSE),
        data.frame(Sys.Date(), Sys.Date() + 1),
        data.frame(from = "a", to = 1), data.frame("a", I(cbind("b", "c")))
    )
    for (edges in bad) {
        expect_error(
            markovClustering(edges), "`edges` must",
            class = "clustcr_error_invalid_argument"
        )
    }
})

test_that("graphs without edges give no rows, loops give lone nodes", {
    none <- data.frame(from = character(), to = character())
    expect_identical(nrow(markovClustering(none)), 0L)
    untyped <- data.frame(from = logical(), to = logical())
    expect_identical(nrow(markovClustering(untyped)), 0L)
    expect_identical(
        markovClustering(data.frame(c("a", "b"), c("a", "b"))),
        data.frame(node = c("a", "b"), cluster = 1:2)
    )
})

test_that("wrong arguments are named", {
    edges <- data.frame(from = "a", to = "b")
    wrong <- "clustcr_error_invalid_argument"
    for (bad in list(1, 0.5, NA, Inf, "2", c(2, 2), NULL)) {
        expect_error(markovClustering(edges, bad), "inflation", class = wrong)
    }
    for (bad in list(1, 2.5, 101, NA, "2", NULL)) {
        expect_error(
            markovClustering(edges, 2, bad), "expansion", class = wrong
        )
    }
    for (bad in list(NULL, "a", list(), edges["from"], c(a = 1, b = 2))) {
        expect_error(markovClustering(bad), "`edges` must", class = wrong)
    }
    expect_error(
        markovClustering(data.frame(from = c("a", NA), to = "b")),
        "`edges` must not have missing nodes", class = wrong
    )
})

# Of a struct in a header: the number that a member starts with.
header_default <- function(header, member) {
    line <- grep(paste0("^ *(double|int) ", member, " = "), header,
        value = TRUE)
    as.numeric(sub(".*= ([-0-9.e]+);.*", "\\1", line))
}

test_that("R's defaults are those of the core", {
    core <- cpp_mcl_defaults()
    run <- formals(Clustering)
    expect_identical(formals(markovClustering)$inflation, core[["inflation"]])
    expect_identical(formals(markovClustering)$expansion, core[["expansion"]])
    expect_identical(eval(run$mcl_params), unname(core))
    header <- test_path("..", "..", "src", "core", "mcl", "mcl_options.hpp")
    skip_if_not(file.exists(header), "The C++ source is not there")
    header <- readLines(header)
    for (member in names(core)) {
        expect_identical(header_default(header, member), core[[member]])
    }
})
