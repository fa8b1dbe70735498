test_that("methods say what the result says, with versions", {
    x <- random_clusters(60, 30, 1)
    ill <- rep(c("yes", "no"), 15)
    found <- associateClusters(x, ill, permutations = 5)
    about <- attr(found, "summary")
    text <- methodsText(found)
    expect_match(text, "60 clusters of T-cell receptors were tested")
    expect_match(text, "\"yes\" (15 samples) against \"no\" (15 samples)",
        fixed = TRUE)
    expect_match(text, "Fisher's exact test (two-sided) of presence",
        fixed = TRUE)
    expect_match(text, paste("P-values of", about$tested, "clusters"))
    expect_match(text, paste(about$passing, "had a q-value of at most 0.05"))
    expect_match(text, "shuffled 5 times")
    expect_match(text, paste0("clustcr ", utils::packageVersion("clustcr"),
        " in R ", getRversion(), "."), fixed = TRUE)
    for (test in c("wilcoxon", "logistic")) {
        words <- c(wilcoxon = "rank-sum", logistic = "Firth's penalty")[[test]]
        expect_match(methodsText(associateClusters(x, ill, test)), words)
    }
    half <- rep(c("x", "y"), each = 15)
    expect_match(methodsText(associateClusters(x, ill, strata = half)),
        "exact Cochran-Mantel-Haenszel test of presence. Design: within 2 stra")
    expect_match(methodsText(associateClusters(x, subject = rep(1:15, each = 2),
        time = ill)), "McNemar's exact test")
    expect_match(methodsText(associateClusters(x, rep(c("a", "b", "c"), 10),
        "kruskal")), paste("10 \"a\", 10 \"b\", 10 \"c\"\\) by",
        "the Kruskal-Wallis test"))
    left <- replace(ill, 1:2, NA)
    expect_match(methodsText(associateClusters(x, left)),
        "2 samples without it left out")
    shown <- withr::with_options(list(width = 60), utils::capture.output(
        print(text)))
    expect_true(all(nchar(shown) <= 60))
    expect_identical(gsub(" +", " ", paste(shown, collapse = " ")),
        as.vector(unclass(text)))
    expect_error(methodsText(found[1:3, ]), "whole result",
        class = "clustcr_error_invalid_argument")
    expect_error(methodsText(1:3), "`x`",
        class = "clustcr_error_invalid_argument")
})

test_that("each result has its words", {
    x <- cohort_clusters(cohort_folder())
    expect_match(methodsText(x), paste("MCL (inflation 1.5): beta chains at",
        "Hamming distance 1 with the same V gene"), fixed = TRUE)
    expect_match(methodsText(x), "6 repertoires")
    ill <- stats::setNames(rep(c("yes", "no"), 3),
        clusterSamples(x)$repertoire_id)
    expect_match(methodsText(associateReceptors(x, ill)),
        "all its neighbors \\(Hamming distance of at most 1, the same V gene")
    expect_match(methodsText(associateReceptors(x, ill, neighbors = FALSE)),
        "was tested for association")
    m <- withr::with_seed(1, matrix(stats::rbinom(4000, 1, 0.3), 100))
    group <- rep(c("yes", "no"), 20)
    prediction <- predictPhenotype(m, group, repeats = 2,
        folds = 4, max_p = 0.1, permutations = 2)
    expect_match(methodsText(prediction), "in 4 folds, 2 times")
    expect_match(methodsText(prediction), paste("area under the ROC curve was",
        two_digits(prediction$auc[["auc"]])))
    expect_match(methodsText(prediction), "2 shuffles of the labels")
    expect_match(methodsText(associationPower(100, 0.1, 5, 1000)),
        "test of 1,000 clusters")
    result <- associateClusters(m, group, alpha = 1)
    again <- suppressMessages(replicateAssociation(result, m, group))
    expect_match(methodsText(again), paste(attr(again, "summary")$hits,
        "associations with a q-value of at most 1"))
})
