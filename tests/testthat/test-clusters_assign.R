# New receptors against stored clusters; the oracle looks at each pair.

hamming <- function(a, b) {
    if (nchar(a) != nchar(b)) return(Inf)
    sum(strsplit(a, "")[[1L]] != strsplit(b, "")[[1L]])
}

distance_by <- function(rule) {
    if (rule$distance == "hamming") hamming
    else function(a, b) as.numeric(utils::adist(a, b))
}

# Of each new row the stored rows that are neighbours, and the one it is.
naive_neighbours <- function(new, stored, rule) {
    distance <- distance_by(rule)
    chains <- grep("^junction_aa", names(new), value = TRUE)
    genes <- grep("^[vj]_call", names(new), value = TRUE)
    lapply(seq_len(nrow(new)), function(i) {
        same_genes <- rep(TRUE, nrow(stored))
        meets <- same_genes
        for (gene in genes) {
            same_genes <- same_genes & stored[[gene]] == new[[gene]][i]
            meets <- meets & vapply(stored[[gene]], function(x) {
                x == new[[gene]][i] || any(strsplit(x, ",")[[1L]] %in%
                    strsplit(new[[gene]][i], ",")[[1L]])
            }, NA)
        }
        if (!identical(rule$ambiguous_genes, "any")) meets <- same_genes
        d <- Reduce(`+`, lapply(chains, function(chain) {
            vapply(stored[[chain]], distance, 0, new[[chain]][i])
        }))
        lacks <- length(genes) && any(unlist(new[i, genes]) == "")
        near <- meets & d <= rule$max_distance & !(same_genes & d == 0)
        if (rule$missing_genes == "none" && lacks) near[] <- FALSE
        list(same = which(same_genes & d == 0), near = unname(which(near)))
    })
}

# A row for each cluster with neighbors, most first, of equal ones the first.
naive_near <- function(new, stored, rule) {
    rows <- lapply(naive_neighbours(new, stored, rule), function(x) {
        of <- stored$cluster[x$near]
        counts <- table(factor(of[!is.na(of)]))
        found <- data.frame(cluster = as.integer(names(counts)),
            n_neighbors = as.vector(counts))
        found[order(-found$n_neighbors, found$cluster), ]
    })
    data.frame(row = rep(seq_along(rows), vapply(rows, nrow, 0L)),
        do.call(rbind, rows), row.names = NULL)
}

# The table that the definition gives. `stored$cluster` is NA where alone.
naive_assignment <- function(new, stored, rule) {
    rows <- lapply(naive_neighbours(new, stored, rule), function(x) {
        of <- stored$cluster[x$near]
        counts <- table(factor(of[!is.na(of)]))
        number <- as.integer(names(counts))
        order <- order(-counts, number)
        counts <- as.vector(counts)[order]
        number <- number[order]
        own <- if (length(x$same)) stored$cluster[x$same] else NA
        status <- if (length(x$same)) "identical"
            else if (length(counts)) "neighbor" else "novel"
        cluster <- if (status == "neighbor") number[1L] else own
        data.frame(
            status = status, cluster = as.integer(cluster),
            n_neighbors = sum(counts[number %in% cluster]),
            n_clusters = length(counts),
            n_tied = if (is.na(cluster)) 0L
                else if (status == "identical") 1L
                else sum(counts == counts[1L]),
            n_unclustered = sum(is.na(of))
        )
    })
    do.call(rbind, rows)
}

answer <- c("status", "cluster", "n_neighbors", "n_clusters", "n_tied",
    "n_unclustered")

short_receptors <- function(n, paired = FALSE) {
    text <- function() {
        vapply(seq_len(n), function(i) {
            length <- sample(if (paired) 2:3 else 3:5, 1)
            paste(sample(c("A", "C", "D"), length, TRUE), collapse = "")
        }, "")
    }
    gene <- function(names) sample(names, n, TRUE)
    table <- if (paired) {
        data.frame(junction_aa_alpha = text(), junction_aa_beta = text(),
            v_call_alpha = gene(c("TRAV1*01", "TRAV2", "TRAV1,TRAV2")),
            v_call_beta = gene(c("TRBV1", "")),
            j_call_alpha = "TRAJ1", j_call_beta = "TRBJ1")
    } else {
        data.frame(junction_aa = text(), v_call = gene(c("TRBV1*02", "TRBV2",
            "TRBV2,TRBV1", "")), j_call = gene(c("TRBJ1-1", "TRBJ1-2")))
    }
    table <- unique(table)
    rownames(table) <- NULL
    table
}

test_that("each rule gives what comparing all pairs gives", {
    rules <- list(
        list(), list(v_gene = "gene"), list(v_gene = "family",
            j_gene = "gene", missing_genes = "none"),
        list(distance = "levenshtein", j_gene = "gene"),
        list(max_distance = 2, v_gene = "gene"),
        list(method = "components", borders = "cut"),
        list(v_gene = "gene", ambiguous_genes = "any"),
        list(distance = "levenshtein", v_gene = "gene", j_gene = "gene",
            ambiguous_genes = "any", missing_genes = "none"),
        list(max_distance = 2, v_gene = "gene", ambiguous_genes = "any"),
        list(chain = "AB", v_gene = "gene", ambiguous_genes = "any"),
        list(chain = "AB", v_gene = "gene"),
        list(chain = "AB", distance = "levenshtein", missing_genes = "none",
            v_gene = "gene", j_gene = "gene")
    )
    several <- logical()
    for (rule in rules) {
        rule <- utils::modifyList(list(distance = "hamming", max_distance = 1,
            missing_genes = "group", v_gene = "none", j_gene = "none",
            method = "mcl", chain = "B"), rule)
        paired <- rule$chain == "AB"
        withr::local_seed(3)
        run <- do.call(Clustering, rule)
        old <- short_receptors(if (paired) 250 else 90, paired)
        run$batch_precluster(old)
        clusters <- batch_table(run)
        new <- short_receptors(60, paired)
        found <- run$assign_clusters(new)
        expect_identical(found$row, seq_len(nrow(new)))
        columns <- grep("^(junction_aa|[vj]_call)", names(clusters),
            value = TRUE)
        # Genes at the run's level, as the result shows them.
        all <- clusters[c(columns, "cluster")]
        level <- function(table) {
            for (gene in grep("call", columns, value = TRUE)) {
                table[[gene]] <- gene_level(table[[gene]],
                    rule[[paste0(substr(gene, 1, 1), "_gene")]])
            }
            unique(table[columns])
        }
        stored <- merge(level(old), all, all.x = TRUE)
        expect_identical(found[columns],
            utils::modifyList(new[columns], found[columns]))
        expected <- naive_assignment(found[columns], stored, rule)
        expect_equal(found[answer], expected, info = deparse1(rule))
        near <- suppressMessages(run$assign_clusters(new, by = "cluster"))
        expect_equal(near[c("row", "cluster", "n_neighbors")],
            naive_near(found[columns], stored, rule))
        several <- c(several, nrow(near) > length(unique(near$row)))
        expect_identical(near[c("row", columns, "status")],
            found[near$row, c("row", columns, "status")],
            ignore_attr = TRUE)
        expect_gt(sum(found$status == "neighbor"), 3)
    }
    expect_gt(sum(several), 3)
})

test_that("borders, k-means and kept singletons change clusters, not rules", {
    x <- random_cdr3(900, 5)
    new <- data.frame(junction_aa = c(x[1:50], random_cdr3(900, 5)[851:900],
        random_cdr3(150, 6)))
    rule <- list(distance = "hamming", max_distance = 1,
        missing_genes = "group")
    for (method in c("two-step", "faiss")) {
        for (singletons in c(FALSE, TRUE)) {
            run <- batch_run(x[1:800], method = method)
            clusters <- batch_table(run, singletons = singletons)
            stored <- merge(data.frame(junction_aa = x[1:800]),
                clusters[c("junction_aa", "cluster")], all.x = TRUE)
            found <- run$assign_clusters(new)
            expect_equal(found[answer], naive_assignment(new, stored, rule))
        }
    }
})

test_that("threads, memory, blocks and the order of rows change nothing", {
    x <- random_cdr3(6000, 7)
    run <- Clustering(method = "mcl")
    run$batch_precluster(x[1:4000])
    while (!is.null(run$batch_cluster())) NULL
    new <- x[c(3500:6000, 3600:4500)]
    whole <- run$assign_clusters(new)
    expect_gt(sum(whole$status == "novel"), 100)
    expect_gt(sum(whole$status == "neighbor"), 100)
    directory <- run$directory
    expect_identical(assignClusters(directory, new, n_cpus = 2,
        memory_limit = "1MB"), whole)
    near <- assignClusters(directory, new, by = "cluster")
    expect_identical(tabulate(near$row, length(new)), whole$n_clusters)
    expect_identical(assignClusters(directory, new, n_cpus = 2,
        memory_limit = "1MB", by = "cluster"), near)
    back <- assignClusters(openClusters(directory), rev(new))
    expect_identical(back[rev(seq_along(new)), -1L],
        whole[-1L], ignore_attr = "row.names")
})

test_that("every row comes once, and what can't be looked up is told why", {
    directory <- withr::local_tempdir()
    run <- Clustering(method = "mcl", v_gene = "gene", directory = directory,
        max_sequence_size = 20)
    run$batch_precluster(data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASRRGTEAFF"),
        v_call = c("TRBV7-9*01", "TRBV7-9", "TRBV2")
    ))
    expect_error(run$assign_clusters("CASSF"), class =
        "clustcr_error_not_finished")
    while (!is.null(run$batch_cluster())) NULL
    new <- data.frame(
        junction_aa = c("CASSLGQAYEQYF", NA, "", "CASS*F", "CASSQGQAYEQYF",
            "CASSQGQAYEQYF", "CAVSNYQLIW", "CASRRGTEAFF", "CASRRGTEAYF",
            paste(rep("A", 21), collapse = "")),
        v_call = factor(c("TRBV7-9*02", "TRBV2", NA, "TRBV2", "TRBV7-9",
            "TRBV2", "TRAV12", "TRBV2*01", "TRBV2", "TRBV2"))
    )
    expect_message(
        found <- run$assign_clusters(new),
        "Skipped 5 of 10 sequences of `data`: 1 missing, 1 empty, 1 stop codon",
        class = "clustcr_message_skipped"
    )
    expect_identical(found$row, 1:10)
    expect_identical(found$junction_aa, new$junction_aa)
    expect_identical(found$v_call[c(1, 3, 8)], c("TRBV7-9", "", "TRBV2"))
    expect_identical(found$skipped, c(NA, "missing", "empty", "stop_codon",
        NA, NA, "wrong_chain", NA, NA, "too_long"))
    expect_identical(found$status, c("identical", NA, NA, NA, "neighbor",
        "novel", NA, "identical", "novel", NA))
    expect_identical(found$cluster, c(1L, rep(NA, 3), 1L, rep(NA, 5)))
    expect_identical(found$n_neighbors[c(1, 5)], 1:2)
    # Stored without a cluster: it is known, and a neighbor of it too.
    expect_identical(found$n_unclustered[8:9], 0:1)
    # Without the genes that tell clusters apart.
    expect_message(alone <- run$assign_clusters("CASSQGQAYEQYF"),
        "No row of `data` has a V gene", class = "clustcr_message_genes")
    expect_identical(alone$status, "novel")
    # An equal CDR3 without a V gene, among others.
    expect_message(
        some <- run$assign_clusters(data.frame(
            junction_aa = c(new$junction_aa[1], new$junction_aa[1]),
            v_call = c("TRBV7-9", ""))),
        "1 of 1 novel row of `data` does not have a V gene.*same CDR3",
        class = "clustcr_message_genes"
    )
    expect_identical(some$status, c("identical", "novel"))
    # Forms that users have, and none.
    expect_identical(
        suppressMessages(assignClusters(directory,
            structure(new, class = c("tbl_df", "tbl", "data.frame")))), found)
    none <- assignClusters(directory, new[0L, ])
    expect_identical(names(none), names(found))
    expect_identical(vapply(none, typeof, ""), vapply(found, typeof, ""))
    expect_identical(assignClusters(directory, character())[answer],
        none[answer])
    expect_identical(dim(assignClusters(directory, new[0L, ],
        by = "cluster")), c(0L, 6L))
    withr::local_options(OutDec = ",", scipen = -10)
    expect_identical(suppressMessages(run$assign_clusters(new)), found)
})

test_that("pairs with one chain are treated as the run treats them", {
    pairs <- data.frame(junction_aa_alpha = c("CAVF", "CAVW", ""),
        junction_aa_beta = c("CASSF", "CASSF", "CASSF"))
    for (missing_chain in c("skip", "cluster")) {
        run <- Clustering(method = "mcl", chain = "AB",
            missing_chain = missing_chain)
        suppressMessages(run$batch_precluster(pairs))
        while (!is.null(run$batch_cluster())) NULL
        found <- suppressMessages(run$assign_clusters(rbind(pairs,
            data.frame(junction_aa_alpha = "", junction_aa_beta = ""))))
        expect_identical(found$junction_aa_alpha, c(pairs[[1L]], ""))
        expect_identical(found$status, c("identical", "identical",
            if (missing_chain == "skip") NA else "identical", NA))
        expect_identical(found$skipped[4L], "missing_chain")
    }
})

test_that("the run stays as it is, and needs no object that made it", {
    directory <- withr::local_tempdir()
    cohort <- cohort_clusters(cohort_files()[1:3], directory = directory)
    new <- suppressMessages(readRepertoire(cohort_files()[4]))
    # Their times tell what is opened for writing.
    times <- function() {
        files <- list.files(directory, recursive = TRUE, full.names = TRUE)
        stats::setNames(file.mtime(files), files)
    }
    old <- Sys.time() - 100
    Sys.setFileTime(names(times()), old)
    before <- times()
    content <- files_below(directory)
    found <- assignClusters(cohort, new)
    expect_identical(assignClusters(directory, new), found)
    expect_identical(times(), before)
    expect_identical(files_below(directory), content)
    expect_identical(
        in_session(function(directory, new) {
            clustcr::assignClusters(directory, new)
        }, directory, new),
        found
    )
    again <- unserialize(serialize(cohort, NULL))
    expect_identical(again |> assignClusters(new), found)
    # The same by the class, and a changed rule of the object has no part.
    run <- Clustering(directory = directory)
    run$max_distance <- 2
    expect_identical(run$assign_clusters(new), found)
    unlink(directory, recursive = TRUE)
    expect_error(assignClusters(cohort, new), class = "clustcr_error_gone")
})

test_that("clusters of a run stay when others come, and keep their names", {
    x <- random_cdr3(1200, 9)
    run <- Clustering(method = "mcl")
    run$batch_precluster(x[1:900], "first")
    before <- batch_table(run, columns = "cluster_id")
    found <- run$assign_clusters(x[901:1200])
    near <- run$assign_clusters(x[901:1200], by = "cluster")
    run$batch_rewind()
    run$batch_precluster(x[901:1200], "later")
    # What is assigned is that of the last clustering until there is another.
    expect_identical(run$assign_clusters(x[901:1200]), found)
    after <- batch_table(run, columns = "cluster_id")
    comparison <- compareClusterings(before, after)
    expect_gt(comparison$ari, 0.5)
    ids <- function(table) unique(table[c("cluster", "cluster_id")])
    kept <- comparison$a$cluster[comparison$a$fate == "unchanged"]
    expect_gt(length(kept), 10)
    expect_setequal(ids(before)$cluster_id[ids(before)$cluster %in% kept],
        intersect(before$cluster_id, after$cluster_id))
    # A cluster that nobody new has a neighbor in did not change.
    touched <- near$cluster
    untouched <- setdiff(before$cluster, touched)
    expect_true(all(untouched %in% kept))
})

test_that("wrong arguments are told", {
    expect_error(assignClusters(1, "CASSF"), "`x` must be",
        class = "clustcr_error_invalid_argument")
    expect_error(assignClusters(tempfile(), "CASSF"),
        class = "clustcr_error_gone")
    run <- Clustering(method = "mcl")
    expect_error(run$assign_clusters("CASSF"),
        class = "clustcr_error_no_batches")
    run$batch_precluster(c("CASSF", "CASSY"))
    while (!is.null(run$batch_cluster())) NULL
    expect_error(run$assign_clusters(1:3), "`data` must be",
        class = "clustcr_error_invalid_argument")
    x <- openClusters(run$directory)
    expect_error(assignClusters(x, "CASSF", rows = 3), "no further",
        class = "clustcr_error_invalid_argument")
    expect_error(assignClusters(x, "CASSF", by = "row"), "`by` must be",
        class = "clustcr_error_invalid_argument")
    expect_error(assignClusters(x, "CASSF", n_cpus = 0), "`n_cpus`")
    expect_error(assignClusters(x, "CASSF", memory_limit = "1B"),
        "`memory_limit`")
})

test_that("clusters of receptors without V genes say so", {
    receptors <- data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CASSLGQTYEQYF"), v_call = "TRBV7-9"
    )
    bare <- receptors["junction_aa"]
    for (method in c("components", "mcl")) {
        x <- Clustering(method = method, v_gene = "gene")$fit(bare)
        expect_message(found <- assignClusters(x, receptors),
            "No receptor of the clusters has a V gene",
            class = "clustcr_message_genes")
        expect_identical(found$status, c("novel", "novel"))
        expect_silent(found <- assignClusters(x, bare))
        expect_identical(found$status, c("identical", "identical"))
    }
    x <- Clustering(method = "mcl", v_gene = "gene")$fit(receptors)
    expect_silent(assignClusters(x, transform(receptors, v_call = "TRBV2")))
})
