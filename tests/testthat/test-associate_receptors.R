# Balls by hand: helper-balls.R.

test_that("balls are receptors and their neighbors, however they are kept", {
    tables <- ball_cohort(14, 1)
    naive <- naive_balls(tables)
    samples <- colnames(naive$matrix)
    case <- stats::setNames(rep(c("ill", "well"), 7), samples)
    present <- (naive$matrix > 0) + 0
    ball <- (diag(nrow(present)) + naive$linked) %*% present
    public <- rowSums(present) >= 3
    key <- paste(naive$receptors$junction_aa, naive$receptors$v_call)
    files <- write_cohort(tables)
    for (method in c("mcl", "components")) {
        x <- cohort_clusters(files, v_gene = "gene", method = method,
            missing_genes = "group")
        found <- associateReceptors(x, case, min_samples = 3,
            permutations = 15, case = "ill")
        at <- match(paste(found$junction_aa, found$v_call), key)
        # Those without neighbors, too, which no cluster has.
        expect_identical(sort(at), unname(which(public)))
        expect_true(anyNA(found$cluster))
        expect_identical(found$n_receptors,
            as.integer(1 + rowSums(naive$linked))[at])
        expect_identical(found$n_own, as.integer(rowSums(present))[at])
        expected <- associateClusters(ball[at, ], case, min_samples = 3,
            permutations = 15, case = "ill")
        for (column in setdiff(names(expected), "cluster")) {
            expect_equal(found[[column]], expected[[column]])
        }
        expect_equal(attr(found, "summary")$permutations,
            attr(expected, "summary")$permutations)
        members <- as.data.frame(x)
        expect_identical(found$cluster, members$cluster[match(
            paste(found$junction_aa, found$v_call),
            paste(members$junction_aa, members$v_call))])
        # In tiny blocks, with threads.
        local({
            local_binding("ball_cells", 40)
            again <- associateReceptors(x, case, min_samples = 3,
                permutations = 15, case = "ill", n_cpus = 2)
            expect_equal(again, found)
        })
        alone <- associateReceptors(x, case, neighbors = FALSE,
            min_samples = 3, case = "ill")
        expect_equal(alone$p_value, associateClusters(present[at, ], case,
            min_samples = 3, case = "ill")$p_value)
    }
})

test_that("a table of receptors has the same balls as a run", {
    tables <- ball_cohort(12, 2)
    x <- cohort_clusters(write_cohort(tables), v_gene = "gene",
        missing_genes = "group", method = "components", singletons = TRUE)
    rows <- do.call(rbind, Map(cbind, tables, repertoire_id = names(tables)))
    members <- as.data.frame(x)
    rows$cluster <- members$cluster[match(paste(rows$junction_aa, rows$v_call),
        paste(members$junction_aa, members$v_call))]
    case <- stats::setNames(rep(c(TRUE, FALSE), 6), names(tables))
    for (value in c("receptors", "duplicate_count", "presence")) {
        of_run <- associateReceptors(x, case, test = "wilcoxon", value = value)
        of_table <- associateReceptors(rows[sample(nrow(rows)), ], case,
            test = "wilcoxon", value = value, v_gene = "gene")
        expect_setequal(of_table$cluster, of_run$cluster)
        at <- match(paste(of_run$junction_aa, of_run$v_call),
            paste(of_table$junction_aa, of_table$v_call))
        expect_equal(of_table$p_value[at], of_run$p_value)
        expect_identical(of_table$cluster[at], of_run$cluster)
    }
    # The rule of a table is the caller's.
    loose <- associateReceptors(rows, case, max_distance = 2)
    expect_true(any(loose$n_receptors > max(of_table$n_receptors)))
})

test_that("a ball finds what its cluster dilutes", {
    rows <- unique(diluted_cohort())
    ids <- unique(rows$repertoire_id)
    ill <- stats::setNames(startsWith(ids, "case"), ids)
    cluster <- associateClusters(rows, ill[sort(ids)], "fisher")
    expect_identical(cluster$p_value, 1)
    alone <- associateReceptors(rows, ill, neighbors = FALSE)
    expect_gt(min(alone$p_value[alone$n_case > alone$n_control]), 0.1)
    ball <- associateReceptors(rows, ill)
    best <- ball[which.min(ball$p_value), ]
    expect_identical(best$junction_aa, "CASSLGQAYEQYF")
    expect_identical(c(best$n_receptors, best$n_case, best$n_control),
        c(7L, 18L, 0L))
    expect_lt(best$q_value, 1e-6)
    # Those that pass are one family: they are neighbors, or have one in common.
    passes <- ball$q_value <= 0.05
    expect_identical(is.na(ball$family), !passes)
    hits <- ball$junction_aa[passes]
    pairs <- naive_hamming_pairs(hits)
    group <- naive_components(length(hits), match(pairs$from, hits),
        match(pairs$to, hits))
    expect_identical(match(ball$family[passes], unique(ball$family[passes])),
        match(group, unique(group)))
    expect_identical(ball$family[which.min(ball$p_value)], 1L)
    shown <- utils::capture.output(print(ball))
    expect_match(shown[1], "Association (fisher): 18", fixed = TRUE)
    expect_match(shown, "presence of the ball", all = FALSE)
    expect_match(shown, "receptors tested of", all = FALSE)
})

test_that("what can't be tested is said", {
    rows <- diluted_cohort()
    ids <- unique(rows$repertoire_id)
    ill <- stats::setNames(startsWith(ids, "case"), ids)
    wrong <- "clustcr_error_invalid_argument"
    expect_error(associateReceptors(rows, ill, value = "log_count"), "`value`",
        class = wrong)
    expect_error(associateReceptors(rows, ill, neighbors = NA), "`neighbors`",
        class = wrong)
    expect_error(associateReceptors(rows, ill, covariates = seq_along(ids)),
        "`covariates`", class = wrong)
    expect_error(associateReceptors(rows, ill, v_gene = "gene"), "`v_call`",
        class = wrong)
    expect_error(associateReceptors(rows["junction_aa"], ill), "`cluster`",
        class = wrong)
    bad <- rows
    bad$junction_aa[3] <- "CASS*F"
    expect_error(associateReceptors(bad, ill), "CASS", class = wrong)
    expect_message(none <- associateReceptors(rows, ill, min_samples = 1000,
        permutations = 5), class = "clustcr_message_left_out")
    expect_identical(nrow(none), 0L)
    x <- cohort_clusters(write_cohort(ball_cohort(6, 3)), v_gene = "gene")
    groups <- stats::setNames(rep(1:0, 3), clusterSamples(x)$repertoire_id)
    expect_error(associateReceptors(x, groups, max_distance = 2),
        "`max_distance`", class = wrong)
    expect_error(associateReceptors(x[1:2], groups), "`x`", class = wrong)
    cut <- cohort_clusters(write_cohort(ball_cohort(6, 3)), v_gene = "gene",
        method = "two-step", borders = "cut")
    expect_message(associateReceptors(cut, groups),
        class = "clustcr_message_borders")
})
