# Clustering across precluster borders is clustering of the whole graph.

whole_graph <- function(x) {
    as.data.frame(Clustering(method = "mcl")$fit(x))[c("junction_aa",
        "cluster")]
}

test_that("batches, order, centroids, threads and memory change nothing", {
    x <- random_cdr3(5000, 21)
    expected <- whole_graph(x)
    settings <- expand.grid(
        batches = c(1, 5, 17), faiss_cluster_size = c(50, 500, 5000),
        KEEP.OUT.ATTRS = FALSE
    )
    for (i in seq_len(nrow(settings))) {
        shuffled <- withr::with_seed(i, sample(x))
        run <- batch_run(
            shuffled, settings$batches[i], borders = "join",
            sample = utils::head(shuffled, 2000), seed = i,
            faiss_cluster_size = settings$faiss_cluster_size[i],
            n_cpus = c(1, 2, 4)[i %% 3 + 1],
            memory_limit = c("1MB", "30MB")[i %% 2 + 1]
        )
        edges <- attr(run$audit(edges = TRUE), "edges")
        if (edges$divided_receptors == 0) {
            expect_identical(
                batch_table(run)[c("junction_aa", "cluster")], expected,
                info = paste(settings[i, ], collapse = " ")
            )
            expect_identical(edges$share_kept, 1)
        } else {
            expect_lt(edges$share_kept, 1)
        }
        run$batch_cleanup()
    }
})

test_that("the results of 1, 2 and 4 threads are the same bytes", {
    x <- random_cdr3(4000, 22)
    for (borders in c("cut", "join")) {
        tables <- lapply(c(1, 2, 4), function(threads) {
            run <- batch_run(x, borders = borders, n_cpus = threads)
            on.exit(run$batch_cleanup())
            list(run$centroids, batch_table(run, singletons = TRUE))
        })
        expect_identical(tables[[2]], tables[[1]])
        expect_identical(tables[[3]], tables[[1]])
    }
})

test_that("golden sequences in batches give the golden clusters", {
    skip_without_shared()
    x <- golden_sequences("hip20k")
    run <- batch_run(x, 4, borders = "join", faiss_cluster_size = 1000,
        max_sequence_size = 32, n_cpus = 2)
    expect_same_partition(
        batch_table(run)[c("junction_aa", "cluster")],
        golden_table("hip20k_mcl_i1.2_e2.tsv.gz")
    )
    edges <- attr(run$audit(edges = TRUE), "edges")
    expect_equal(edges$edges, nrow(golden_edges("hip20k")))
    run$batch_cleanup()
})

test_that("the audit counts the edges that borders cut", {
    x <- random_cdr3(2000, 23)
    run <- batch_run(x, faiss_cluster_size = 50, borders = "cut")
    pairs <- naive_hamming_pairs(x)
    with <- batch_table(run, singletons = TRUE)
    precluster <- function(y) with$precluster[match(y, with$junction_aa)]
    within <- precluster(pairs$from) == precluster(pairs$to)
    # Else this shows nothing.
    expect_gt(sum(!within), 50)
    edges <- attr(run$audit(edges = TRUE), "edges")
    expect_equal(edges$edges, nrow(pairs))
    expect_equal(edges$edges_kept, sum(within))
    expect_equal(edges$share_kept, mean(within))
    run$batch_cleanup()
})

test_that("with cut borders each precluster is clustered by itself", {
    x <- random_cdr3(2000, 24)
    run <- batch_run(x, faiss_cluster_size = 100, borders = "cut")
    table <- batch_table(run)
    preclusters <- seq_len(ncol(run$centroids))
    rows <- lapply(preclusters, function(i) {
        readPrecluster(run$directory, i)$junction_aa
    })
    expect_setequal(unlist(rows), x)
    for (i in preclusters) {
        found <- table[table$precluster == i, c("junction_aa", "cluster")]
        edges <- hammingGraph(rows[[i]])
        if (nrow(edges) == 0) {
            expect_identical(nrow(found), 0L)
        } else {
            expect_same_partition(found, markovClustering(edges))
        }
    }
    run$batch_cleanup()
})

test_that("a component that is too large is divided, and the audit says so", {
    # One component: all words of two letters at four places, 4^6 nodes.
    letters <- c("A", "C", "D", "E")
    words <- do.call(paste0, c(
        list("CASS"), do.call(expand.grid, rep(list(letters), 6)), list("F")
    ))
    run <- batch_run(words, borders = "join", faiss_cluster_size = 500,
        memory_limit = "1MB", divide = TRUE)
    whole <- batch_run(words, borders = "join", faiss_cluster_size = 500,
        memory_limit = "1MB")
    expect_identical(
        batch_table(whole)[c("junction_aa", "cluster")], whole_graph(words)
    )
    edges <- attr(run$audit(edges = TRUE), "edges")
    expect_equal(edges$divided_receptors, length(words))
    expect_equal(edges$edges, length(words) * 6 * 3 / 2)
    expect_lt(edges$share_kept, 1)
    divided <- batch_table(run)
    expect_identical(anyDuplicated(divided$junction_aa), 0L)
    # No cluster crosses a border then.
    expect_identical(
        nrow(unique(divided[c("cluster", "precluster")])),
        length(unique(divided$cluster))
    )
    run$batch_cleanup()
})

test_that("clusters stand by size of component, size and first sequence", {
    x <- random_cdr3(3000, 25)
    table <- whole_graph(x)
    sizes <- tabulate(table$cluster)
    first <- vapply(split(table$junction_aa, table$cluster), function(y) {
        sort(y, method = "radix")[1]
    }, "", USE.NAMES = FALSE)
    pairs <- naive_hamming_pairs(x)
    nodes <- sort(unique(c(pairs$from, pairs$to)), method = "radix")
    component <- naive_components(
        length(nodes), match(pairs$from, nodes), match(pairs$to, nodes)
    )
    of_cluster <- component[match(first, nodes)]
    component_size <- tabulate(component)[of_cluster]
    expect_identical(
        order(-component_size, of_cluster, -sizes, first, method = "radix"),
        seq_along(sizes)
    )
})
