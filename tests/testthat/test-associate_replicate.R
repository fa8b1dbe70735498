# Two cohorts with the same planted clusters, as matrices.
two_cohorts <- function(seed = 1) {
    make <- function(seed, hits) {
        withr::with_seed(seed, {
            ill <- rep(c("yes", "no"), 30)
            x <- matrix(stats::rbinom(100 * 60, 1, 0.2), 100)
            x[hits, ill == "yes"] <- stats::rbinom(length(hits) * 30, 1, 0.9)
        })
        dimnames(x) <- list(seq_len(100), paste0("s", seq_len(60)))
        list(x = x, ill = stats::setNames(ill, colnames(x)))
    }
    list(one = make(seed, 1:6), two = make(seed + 50, 1:4))
}

test_that("hits are tested again, and only hits", {
    cohorts <- two_cohorts()
    result <- associateClusters(cohorts$one$x, cohorts$one$ill)
    hits <- which(result$q_value <= 0.05)
    expect_true(all(1:6 %in% hits))
    expect_message(found <- replicateAssociation(result, cohorts$two$x,
        cohorts$two$ill), "does not say", class = "clustcr_message_clusters")
    expect_identical(found$cluster, hits)
    again <- associateClusters(cohorts$two$x[hits, ], cohorts$two$ill,
        min_samples = 1)
    expect_equal(found$p_replication, again$p_value)
    expect_equal(found$estimate_replication, again$estimate)
    expect_equal(found$q_replication, stats::p.adjust(again$p_value, "BH"))
    expect_identical(found$replicated[1:4], rep(TRUE, 4))
    expect_false(any(found$replicated[found$cluster %in% 5:6]))
    # Stouffer's by hand.
    z <- function(p, estimate) sign(log(estimate)) * -stats::qnorm(p / 2)
    weights <- sqrt(cbind(result$n_samples[hits], again$n_samples))
    sum <- rowSums(weights * cbind(z(found$p_value, found$estimate),
        z(found$p_replication, found$estimate_replication)))
    expect_equal(found$p_combined, 2 * stats::pnorm(-abs(sum /
        sqrt(rowSums(weights^2)))))
    shown <- utils::capture.output(print(found))
    expect_match(shown, "4 of [0-9]+ tested replicated", all = FALSE)
    # In another order, and without some.
    part <- cohorts$two$x[rev(hits)[-1], ]
    expect_message(expect_message(some <- replicateAssociation(result, part,
        cohorts$two$ill), "not in `y`", class = "clustcr_message_left_out"),
        class = "clustcr_message_clusters")
    same <- found$cluster != rev(hits)[1]
    expect_equal(some$p_replication[same], found$p_replication[same])
    expect_message(expect_message(none <- replicateAssociation(result,
        cohorts$two$x, cohorts$two$ill, alpha = 0),
        class = "clustcr_message_left_out"), class = "clustcr_message_clusters")
    expect_identical(nrow(none), 0L)
})

test_that("each phenotype of many is tested with its own", {
    cohorts <- two_cohorts(3)
    labels <- function(ill) {
        cbind(ill = ill == "yes", odd = rep_len(c(TRUE, TRUE, FALSE), 60))
    }
    one <- labels(cohorts$one$ill)
    two <- labels(cohorts$two$ill)
    rownames(one) <- rownames(two) <- names(cohorts$one$ill)
    result <- associateClusters(cohorts$one$x, one)
    found <- suppressMessages(replicateAssociation(result, cohorts$two$x, two))
    hits <- result[result$q_value <= 0.05, ]
    expect_setequal(paste(found$cluster, found$phenotype),
        paste(hits$cluster, hits$phenotype))
    again <- associateClusters(cohorts$two$x[found$cluster[
        found$phenotype == "ill"], ], cohorts$two$ill, min_samples = 1)
    expect_equal(found$p_replication[found$phenotype == "ill"], again$p_value)
    expect_error(suppressMessages(replicateAssociation(result, cohorts$two$x,
        cohorts$two$ill)), "a column `ill`",
        class = "clustcr_error_invalid_argument")
})

test_that("parts of results are printed as they are", {
    cohorts <- two_cohorts()
    result <- associateClusters(cohorts$one$x, cohorts$one$ill, alpha = 1)
    found <- suppressMessages(replicateAssociation(result, cohorts$two$x,
        cohorts$two$ill))
    expect_output(print(found), "Replication.* hits with larger p-values")
    expect_output(print(found[, c("cluster", "replicated")]),
        "cluster replicated")
    expect_output(print(subset(found, select = 1:2)), "cluster +estimate")
    expect_output(print(found["cluster"]), "cluster")
    few <- utils::capture.output(print(found[1:2, ]))
    expect_false(any(grepl("Replication", few)))
    # Columns that are taken out of a whole result.
    receptors <- data.frame(cluster = 1, junction_aa = c("CASSF", "CASSY"),
        repertoire_id = rep(letters[1:8], each = 2))
    balls <- associateReceptors(receptors, stats::setNames(rep(c("yes", "no"),
        4), letters[1:8]))
    notes <- suppressMessages(annotateClusters(receptors, data.frame(
        junction_aa = "CASSF", epitope = "A"), label = "epitope"))
    for (one in list(found, result, balls, notes)) {
        one[c("p_value", "p_replication", "q_value")] <- NULL
        expect_output(print(one), "cluster")
        for (i in seq_along(one)) {
            expect_output(print(one[, i, drop = FALSE]), names(one)[i])
            expect_output(print(one[i]), names(one)[i])
        }
        expect_output(print(one[0, ]))
    }
})

# Without what was asked for.
plain_rows <- function(found) {
    attr(found, "summary")$status <- NULL
    found
}

test_that("effects of other tests have the direction that they have", {
    x <- random_clusters(20, 30, 2)
    age <- withr::with_seed(2, stats::rnorm(30))
    old <- ifelse(age > 0, "yes", "no")
    for (test in c("spearman", "linear")) {
        result <- suppressMessages(associateClusters(x, age, test, alpha = 1))
        found <- suppressMessages(replicateAssociation(result, x, old))
        expect_identical(found$same_direction,
            sign(found$estimate) == sign(found$estimate_replication - 1))
        expect_true(any(found$same_direction, na.rm = TRUE))
    }
    result <- suppressMessages(associateClusters(x, rep(c("a", "b", "c"), 10),
        "kruskal", alpha = 1))
    found <- suppressMessages(replicateAssociation(result, x, old))
    expect_true(all(is.na(found$same_direction)))
})

test_that("files and tables are assigned to the clusters", {
    x <- cohort_clusters(cohort_folder())
    ids <- clusterSamples(x)$repertoire_id
    ill <- stats::setNames(rep(c("yes", "no"), 3), ids)
    result <- associateClusters(x, ill)
    replicated <- function(y, ...) {
        suppressMessages(replicateAssociation(result, y, ill, clusters = x,
            alpha = 1, ...))
    }
    of_files <- replicated(cohort_folder())
    # The cohort itself has its clusters where it had them.
    matrix <- clusterMatrix(x, as = "matrix")
    of_matrix <- replicateAssociation(result, matrix, ill, alpha = 1)
    expect_equal(plain_rows(of_files), plain_rows(of_matrix))
    expect_match(methodsText(of_files), "a member or a neighbor of one")
    expect_no_match(methodsText(of_matrix), "a member")
    expect_equal(of_files$p_replication, of_files$p_value)
    rows <- do.call(rbind, lapply(cohort_files(), function(file) {
        cbind(suppressMessages(readRepertoire(file)),
            repertoire_id = sub("[.].*", "", basename(file)))
    }))
    rows <- rows[!duplicated(names(rows))]
    expect_equal(replicated(rows), of_files)
    identical <- replicated(rows, status = "identical")
    expect_equal(plain_rows(identical), plain_rows(of_files))
    expect_output(print(identical), "by identical receptors")
    expect_match(methodsText(identical), "identical to a member\\.")
    expect_error(replicateAssociation(result, rows, ill), "`clusters`",
        class = "clustcr_error_invalid_argument")
    expect_error(replicateAssociation(result, 7, ill, clusters = x), "`y`",
        class = "clustcr_error_invalid_argument")
    expect_error(replicateAssociation(matrix, rows, ill), "`result`",
        class = "clustcr_error_invalid_argument")
    other <- cohort_clusters(cohort_folder(), v_gene = "none")
    expect_error(suppressMessages(replicateAssociation(result, cohort_folder(),
        ill, clusters = other, alpha = 1)), class = "clustcr_error_clusters")
})

test_that("the case of the second cohort is that of the first, or asked for", {
    ill <- rep(c("yes", "no"), 20)
    cohort <- function(seed) {
        withr::local_seed(seed)
        x <- matrix(rbinom(2000, 1, 0.2), 50)
        x[1:3, ill == "yes"] <- rbinom(60, 1, 0.8)
        x
    }
    y <- cohort(2)
    coded <- ifelse(ill == "yes", 1, 2)
    result <- associateClusters(cohort(1), ill)
    of <- function(...) suppressMessages(replicateAssociation(...))
    same <- of(result, y, ill)
    expect_true(all(same$same_direction))
    expect_error(of(result, y, coded), "`case` must say which group of .*yes",
        class = "clustcr_error_invalid_argument")
    expect_equal(of(result, y, coded, case = 1)$estimate_replication,
        same$estimate_replication)
    expect_output(print(same), "\"yes\" (20) against \"no\" (20)", fixed = TRUE)
    expect_match(methodsText(same), ", \"yes\" against \"no\", by",
        fixed = TRUE)
    # Other names of controls that are known.
    expect_equal(of(result, y, ifelse(ill == "yes", "COVID", "healthy")),
        same, ignore_attr = TRUE)
    # The first cohort's was a guess.
    result <- associateClusters(cohort(1), ifelse(ill == "yes", "ja", "nein"))
    expect_error(of(result, y, ill), "`case` must say",
        class = "clustcr_error_invalid_argument")
    expect_true(all(of(result, y, ill, case = "no")$same_direction))
})
