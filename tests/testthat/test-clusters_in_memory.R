fitted <- function(data, ..., singletons = FALSE) {
    Clustering(...)$fit(data, singletons = singletons)
}

# A fit with k-means preclusters of about 50.
fitted_in_parts <- function(data, ..., singletons = FALSE) {
    fitted(data, faiss_cluster_size = 50, ..., singletons = singletons)
}

# The preclusters of the sequences: of the nearest of the centroids that fit()
# trains, found with plain arithmetic.
naive_preclusters <- function(junction_aa) {
    junction_aa <- sort(unique(junction_aa), method = "radix")
    centroids <- Clustering(
        faiss_training_data = junction_aa, faiss_cluster_size = 50
    )$centroids
    profiles <- encodeCdr3(junction_aa, max(nchar(junction_aa)))
    distance <- apply(centroids, 2, function(x) colSums((t(profiles) - x)^2))
    setNames(max.col(-distance, "first"), junction_aa)
}

test_that("fit(method = \"mcl\") is MCL on the components of the graph", {
    junction_aa <- random_cdr3(250, 91)
    edges <- naive_hamming_pairs(junction_aa)
    for (p in list(c(1.2, 2), c(2, 2), c(1.5, 3))) {
        found <- as.data.frame(
            fitted(junction_aa, method = "mcl", mcl_params = p)
        )
        expect_same_partition(
            found[c("junction_aa", "cluster")], naive_mcl(edges, p[1], p[2])
        )
        expect_identical(unique(found$precluster), 1L)
    }
})

test_that("fit(method = \"mcl\") gives the golden clusters", {
    skip_without_shared()
    found <- as.data.frame(fitted(
        golden_sequences("hip20k"), method = "mcl", mcl_params = c(1.5, 3),
        n_cpus = 2
    ))
    expect_same_partition(
        found[c("junction_aa", "cluster")],
        golden_table("hip20k_mcl_i1.5_e3.tsv.gz")
    )
})

test_that("fit(method = \"faiss\") gives the preclusters", {
    junction_aa <- random_cdr3(300, 92)
    found <- as.data.frame(fitted_in_parts(junction_aa, method = "faiss"))
    expect_identical(found$cluster, found$precluster)
    expected <- naive_preclusters(junction_aa)
    expect_identical(length(unique(expected)), 6L)
    expect_identical(
        found$precluster[match(names(expected), found$junction_aa)],
        unname(expected)
    )
})

test_that("fit(method = \"two-step\") is MCL in each precluster", {
    junction_aa <- random_cdr3(300, 93)
    found <- as.data.frame(fitted_in_parts(junction_aa, borders = "cut"))
    precluster <- naive_preclusters(junction_aa)
    expect_identical(
        found$precluster, unname(precluster[found$junction_aa])
    )
    edges <- naive_hamming_pairs(junction_aa)
    kept <- precluster[edges$from] == precluster[edges$to]
    # The borders must cut something for this to be a test.
    expect_true(any(kept) && !all(kept))
    expect_same_partition(
        found[c("junction_aa", "cluster")], naive_mcl(edges[kept, ], 1.2, 2)
    )
})

test_that("borders = \"join\" gives the clusters of the whole graph", {
    junction_aa <- random_cdr3(300, 103)
    found <- as.data.frame(fitted_in_parts(junction_aa, borders = "join"))
    whole <- as.data.frame(fitted(junction_aa, method = "mcl"))
    expect_identical(found[1:2], whole[1:2])
    expect_identical(
        found$precluster,
        unname(naive_preclusters(junction_aa)[found$junction_aa])
    )
})

test_that("a single precluster gives the clusters of the whole graph", {
    junction_aa <- random_cdr3(200, 94)
    expect_identical(
        as.data.frame(fitted(junction_aa)),
        as.data.frame(fitted(junction_aa, method = "mcl"))
    )
})

test_that("singletons are clusters of their own, and nothing else changes", {
    junction_aa <- random_cdr3(200, 95)
    for (method in c("mcl", "two-step")) {
        without <- as.data.frame(fitted_in_parts(junction_aa, method = method))
        with <- as.data.frame(
            fitted_in_parts(junction_aa, method = method, singletons = TRUE)
        )
        expect_setequal(with$junction_aa, junction_aa)
        added <- with[!with$junction_aa %in% without$junction_aa, ]
        expect_gt(nrow(added), 0)
        sizes <- table(with$cluster)
        expect_true(all(sizes[as.character(added$cluster)] == 1))
        expect_same_partition(
            with[with$junction_aa %in% without$junction_aa, 1:2],
            without[1:2]
        )
    }
    # Without them, only sequences that have a neighbor are left.
    edges <- naive_hamming_pairs(junction_aa)
    expect_setequal(
        as.data.frame(fitted(junction_aa, method = "mcl"))$junction_aa,
        c(edges$from, edges$to)
    )
})

test_that("columns and numbers are as documented", {
    junction_aa <- random_cdr3(300, 96)
    for (method in c("two-step", "mcl", "faiss")) {
        result <- fitted_in_parts(junction_aa, method = method)
        expect_s4_class(result, "ClusteringResult")
        expect_s4_class(result, "Clusters")
        expect_identical(result$receptors, 300L)
        expect_identical(result$parameters$method, method)
        found <- as.data.frame(result)
        expect_identical(
            vapply(found, typeof, ""),
            c(junction_aa = "character", cluster = "integer",
                precluster = "integer")
        )
        expect_identical(anyDuplicated(found$junction_aa), 0L)
        # Preclusters keep their numbers, should one of them be empty.
        if (method != "faiss") {
            expect_setequal(found$cluster, seq_len(max(found$cluster)))
        }
        expect_false(is.unsorted(found$cluster))
        expect_identical(rownames(found), as.character(seq_len(nrow(found))))
    }
})

test_that("order, repetition and threads do not matter", {
    junction_aa <- random_cdr3(1500, 97)
    for (way in list(
        list(method = "two-step", borders = "cut"),
        list(method = "two-step", borders = "join"), list(method = "mcl"),
        list(method = "faiss")
    )) {
        fit <- function(data, ...) {
            as.data.frame(do.call(fitted_in_parts, c(list(data), way, ...)))
        }
        expected <- fit(junction_aa)
        expect_identical(fit(rev(junction_aa)), expected)
        expect_identical(fit(rep(junction_aa, 2)), expected)
        expect_identical(fit(junction_aa, n_cpus = 2), expected)
        expect_identical(fit(junction_aa, n_cpus = 4), expected)
    }
})

test_that("an object that is trained fits with its own centroids", {
    junction_aa <- random_cdr3(300, 98)
    run <- Clustering(
        faiss_training_data = junction_aa, faiss_cluster_size = 50
    )
    expect_identical(
        as.data.frame(run$fit(junction_aa)),
        as.data.frame(fitted_in_parts(junction_aa))
    )
    expect_message(
        run$fit(c(junction_aa, strrep("A", 30))), "1 too long",
        class = "clustcr_message_skipped"
    )
})

test_that("fit() keeps nothing in the object", {
    run <- Clustering(method = "two-step")
    first <- as.data.frame(run$fit(random_cdr3(100, 99)))
    run$fit(random_cdr3(200, 100, 15:20))
    expect_identical(ncol(run$centroids), 0L)
    expect_identical(as.data.frame(run$fit(random_cdr3(100, 99))), first)
})

test_that("print() says what was clustered, how, and what was left out", {
    # A cluster of three, one of two, and one sequence alone.
    result <- suppressMessages(fitted(
        c("CASSF", "CASRF", "CASTF", "CWWWWY", "CWWWWF", "CAAAAAAAF", "C*F"),
        method = "mcl"
    ))
    text <- capture.output(print(result))
    expect_identical(text, c(
        "ClusteringResult: 2 clusters of 5 receptors",
        "Clustered by MCL (inflation 1.2): beta chains at Hamming distance 1",
        "Dropped: 1 of 7 rows (1 stop codon)",
        "In no cluster: 1 of 6 distinct receptors, which has no neighbor",
        "kept in memory"
    ))
    expect_identical(capture.output(result), text)
})

test_that("summary() has the sizes", {
    junction_aa <- random_cdr3(300, 101)
    for (method in c("two-step", "mcl", "faiss")) {
        result <- fitted_in_parts(junction_aa, method = method)
        found <- summary(result)
        sizes <- as.vector(table(as.data.frame(result)$cluster))
        expect_s3_class(found, "summary.RepertoireClusters", exact = TRUE)
        expect_identical(found$method, method)
        expect_identical(found$receptors, 300)
        expect_identical(found$clustered, as.numeric(sum(sizes)))
        expect_identical(found$clusters, length(sizes))
        expect_equal(rep(found$sizes$size, found$sizes$clusters), sort(sizes))
    }
})

test_that("print() of a summary bins the sizes", {
    cliques <- lapply(c(2, 2, 3, 5, 6, 11), function(n) {
        paste0("CAS", residues[seq_len(n)], "F")
    })
    # The length keeps cliques apart.
    junction_aa <- unlist(Map(
        function(clique, i) paste0(clique, strrep("Y", i)), cliques, 1:6
    ))
    text <- capture.output(summary(fitted(junction_aa, method = "mcl")))
    at <- which(text == "Clusters by size:")
    expect_identical(
        gsub(" +", " ", trimws(text[at + 1:4])),
        c("2 2 clusters 4 receptors", "3-5 2 clusters 8 receptors",
            "6-10 1 cluster 6 receptors", "11-100 1 cluster 11 receptors")
    )
})

test_that("results without clusters are results", {
    for (data in list(character(), "CASSF", c("CASSF", "CAAAAF"))) {
        result <- fitted(data, method = "mcl")
        expect_identical(nrow(as.data.frame(result)), 0L)
        expect_identical(names(result$clusters), c("junction_aa", "cluster",
            "precluster"))
        expect_output(print(result), "0 clusters of 0 receptors")
        expect_identical(summary(result)$clusters, 0L)
        expect_output(print(summary(result)), "0 clusters")
        expect_identical(length(result), 0L)
        expect_identical(as.data.frame(head(result)), as.data.frame(result))
        expect_identical(as.data.frame(result[integer()]),
            as.data.frame(result))
        expect_error(clusterMembers(result, 1), "`cluster`")
        expect_identical(clusterAudit(result)$accepted,
            as.numeric(length(data)))
    }
    pairs <- data.frame(junction_aa_alpha = "CAF", junction_aa_beta = "CASSF")
    none <- fitted(pairs[0L, ], method = "mcl", chain = "AB", v_gene = "gene")
    expect_identical(names(none$clusters), c("junction_aa_alpha",
        "junction_aa_beta", "v_call_alpha", "v_call_beta", "cluster",
        "precluster"))
    alone <- fitted("CASSF", method = "mcl", singletons = TRUE)
    expect_output(print(alone), "1 cluster of 1 receptor\n")
})

test_that("all that a result on disk can do, one in memory does the same", {
    rows <- random_cohort(1, 300, 104)$a
    rows$junction_aa[5:6] <- c("CASS*F", "")
    file <- write_cohort(list(data = rows))
    disk <- cohort_clusters(file, v_gene = "gene", inflation = 2)
    memory <- suppressMessages(Clustering(method = "mcl", v_gene = "gene",
        mcl_params = c(2, 2))$fit(rows))
    expect_identical(length(memory), length(disk))
    for (columns in list(character(), result_columns, "n_samples")) {
        expect_identical(as.data.frame(memory, columns = columns),
            as.data.frame(disk, columns = columns))
        # Lists of the parts that eachUnit() gives.
        parts <- function(x) {
            found <- list()
            eachUnit(x, function(part) found <<- c(found, list(part)),
                columns = columns)
            do.call(rbind, found)
        }
        expect_identical(parts(memory), parts(disk))
    }
    expect_identical(clusterMembers(memory, 2), clusterMembers(disk, 2))
    expect_identical(clusterSamples(memory)$repertoire_id, "data")
    expect_identical(clusterAudit(memory)$accepted, clusterAudit(disk)$accepted)
    expect_identical(attr(clusterAudit(memory), "receptors")[c("rows",
        "receptors",
        "clustered", "without_neighbor", "clusters")],
        attr(clusterAudit(disk), "receptors")[c("rows", "receptors",
            "clustered",
            "without_neighbor", "clusters")])
    same <- setdiff(names(clusterParameters(memory)), "faiss_cluster_size")
    expect_identical(clusterParameters(memory)[same],
        c(clusterParameters(disk), singletons = FALSE)[same])
    expect_identical(summary(memory)$sizes, summary(disk)$sizes)
    expect_identical(compareClusterings(memory, disk)$ari, 1)
    expect_identical(publicClusters(memory), publicClusters(disk))
    expect_identical(as_cluster_matrix(memory)$matrix,
        as_cluster_matrix(disk)$matrix)
    files <- c(withr::local_tempfile(fileext = ".csv"),
        withr::local_tempfile(fileext = ".csv"))
    writeClusters(memory, files[1])
    writeClusters(disk, files[2])
    expect_identical(readLines(files[1]), readLines(files[2]))
    expect_error(writeClusters(memory, tempfile(), format = "airr"),
        "`format`", class = "clustcr_error_invalid_argument")
    new <- random_cohort(1, 300, 105)$a
    found <- assignClusters(memory, rbind(rows[1:100, ], new))
    expected <- assignClusters(disk, rbind(rows[1:100, ], new))
    # What is in no cluster is not in memory.
    known <- expected$status != "identical" | !is.na(expected$cluster)
    columns <- setdiff(names(found), "n_unclustered")
    expect_identical(found[which(known), columns],
        expected[which(known), columns])
    expect_identical(unique(found$n_unclustered), NA_integer_)
})

test_that("pairs in memory are assigned as those on disk", {
    pairs <- data.frame(
        junction_aa_alpha = c("CAVF", "CAVW", "CAVF", "CCCC"),
        junction_aa_beta = c("CASSF", "CASSF", "CASTF", "CAAAF"),
        v_call_beta = c("TRBV1", "TRBV1*01", "TRBV1", "TRBV2")
    )
    run <- Clustering(method = "mcl", chain = "AB", v_gene = "gene")
    run$batch_precluster(pairs)
    while (!is.null(run$batch_cluster(singletons = TRUE))) NULL
    memory <- run$fit(pairs, singletons = TRUE)
    new <- rbind(pairs[c(1, 4), ], data.frame(
        junction_aa_alpha = c("CAVY", "CCCC"),
        junction_aa_beta = c("CASSF", "CAAAY"),
        v_call_beta = c("TRBV1", "TRBV1")
    ))
    found <- assignClusters(memory, new)
    expect_identical(found$status, c("identical", "identical", "neighbor",
        "novel"))
    expect_identical(found, run$assign_clusters(new))
})

test_that("elements are those of the list that it was", {
    x <- random_cdr3(100, 106)
    result <- Clustering(method = "mcl")$fit(x,
        columns = c("cluster_id", "duplicate_count"))
    expect_identical(names(result$clusters), c("junction_aa", "cluster",
        "precluster", "cluster_id", "duplicate_count"))
    expect_identical(result$clusters, as.data.frame(result))
    expect_identical(result[["sequences"]], 100L)
    expect_identical(result[["parameters"]], clusterParameters(result))
    expect_error(result$nothing, "`name`",
        class = "clustcr_error_invalid_argument")
    expect_error(result[["nothing"]], "`i`",
        class = "clustcr_error_invalid_argument")
})

test_that("as.data.frame() takes the arguments of its generic", {
    result <- fitted(c("CASSF", "CASRF"), method = "mcl")
    found <- as.data.frame(result, row.names = c("a", "b"))
    expect_identical(rownames(found), c("a", "b"))
    expect_identical(found$junction_aa, c("CASRF", "CASSF"))
})

test_that("results are plain: they survive saveRDS()", {
    result <- fitted(random_cdr3(100, 102), method = "mcl")
    file <- withr::local_tempfile(fileext = ".rds")
    saveRDS(result, file)
    expect_identical(readRDS(file), result)
})

test_that("singletons must be TRUE or FALSE", {
    for (bad in list(NA, "yes", 1, NULL, c(TRUE, FALSE))) {
        expect_error(
            fitted("CASSF", method = "mcl", singletons = bad),
            "`singletons` must be", class = "clustcr_error_invalid_argument"
        )
    }
})

test_that("head() has the first clusters, a summary the largest", {
    result <- Clustering(method = "mcl")$fit(random_cdr3(200, 3))
    table <- as.data.frame(result)
    expect_identical(as.data.frame(head(result)), table[table$cluster <= 6, ])
    expect_identical(head(result, 2), result[1:2])
    about <- clusterSummary(result)
    largest <- summary(result)$largest
    chosen <- order(-about$size)[1:5]
    expect_identical(largest, about[chosen, ], ignore_attr = "row.names")
    none <- summary(Clustering(method = "mcl")$fit("CASSF"))
    expect_identical(nrow(none$largest), 0L)
    expect_output(print(none), "Clusters: +0|0 clusters")
    x <- cohort_clusters(write_cohort(random_cohort(3, 60, 3)))
    about <- clusterSummary(x)
    expect_equal(as.data.frame(summary(x)$largest)[c("cluster", "motif",
        "n_samples")], as.data.frame(about[order(-about$size)[1:5], c("cluster",
        "motif", "n_samples")]), ignore_attr = TRUE)
    expect_output(print(summary(x)), "The largest:")
})
