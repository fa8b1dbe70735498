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

test_that("print and methods tell every setting that decides", {
    x <- random_clusters(30, 20, 1, 20)
    ill <- rep(c("yes", "no"), 10)
    usual <- suppressMessages(associateClusters(x, ill, "wilcoxon",
        permutations = 5))
    shown <- function(found) {
        paste(utils::capture.output(print(found)), collapse = " ")
    }
    # What is said of a changed setting, and not of the usual one.
    differs <- function(in_print, in_text, ..., base = usual) {
        found <- suppressMessages(associateClusters(x, ill, "wilcoxon",
            permutations = 5, ...))
        expect_match(gsub(" +", " ", shown(found)), in_print, fixed = TRUE)
        expect_no_match(gsub(" +", " ", shown(base)), in_print, fixed = TRUE)
        expect_match(methodsText(found), in_text, fixed = TRUE)
        expect_no_match(methodsText(base), in_text, fixed = TRUE)
    }
    differs("counts drawn down to those of the smallest sample (seed 42)",
        "counts were drawn without replacement", depth = "downsample")
    differs("(seed 7)", "the depth of the smallest (seed 7)",
        depth = "downsample", seed = 7)
    differs("seed = 7", "5 times (seed 7)", seed = 7)
    differs("min_samples = 4", "Clusters in fewer than 4 samples were not",
        min_samples = 4)
    differs("conf_level = 0.9", "Confidence limits are of 90 %",
        conf_level = 0.9)
    differs("presence of", "The value of a cluster in a sample was its pres",
        value = "presence")
    differs("log(1 + counts", "log(1 + c)", value = "log_count")
    expect_match(methodsText(usual), "was that of the matrix, as it was given")
    many <- suppressMessages(associateClusters(x, cbind(a = ill == "yes",
        b = rep(c(TRUE, FALSE), each = 10)), "wilcoxon", depth = "downsample",
        max_rows = 5, conf_level = 0.8))
    expect_match(shown(many), "counts drawn down .*conf_level = 0.8")
    expect_match(methodsText(many), "drawn without replacement.* tests with la")
    expect_match(methodsText(many), "limits are of 80 %")
    covariate <- suppressMessages(associateClusters(x, ill, "logistic",
        depth = "covariate"))
    expect_match(shown(covariate), "its +logarithm +is +a +covariate")
    expect_match(methodsText(covariate), "adjusted for log_depth")
    rows <- data.frame(cluster = 1, junction_aa = c("CASSF", "CASSY"),
        repertoire_id = rep(letters[1:8], 2), duplicate_count = 1:16)
    by_value <- vapply(association_values[-2], function(value) {
        methodsText(suppressMessages(associateClusters(rows,
            stats::setNames(rep(c("yes", "no"), 4), letters[1:8]), "wilcoxon",
            value = value)))
    }, "")
    expect_match(by_value, "(different receptors|sum of its counts|log.1 . c)")
    expect_identical(anyDuplicated(by_value), 0L)
})

test_that("other results tell their settings, too", {
    x <- withr::with_seed(1, matrix(stats::rbinom(4000, 1, 0.3), 100))
    ill <- rep(c("yes", "no"), 20)
    found <- suppressMessages(predictPhenotype(x, ill, repeats = 1, folds = 3,
        max_p = 0.5, permutations = 0, subject = rep(1:20, each = 2)[c(
            seq(1, 40, 2), seq(2, 40, 2))], min_samples = 3, seed = 9,
        chosen_elsewhere = TRUE))
    expect_match(methodsText(found), "1 time \\(seed 9\\)")
    expect_match(methodsText(found), "one of the 20 subjects were held out")
    expect_match(methodsText(found), "in 3 samples or more")
    expect_match(methodsText(found), "that other samples had chosen")
    expect_output(print(found), "20 subjects held.*min_samples = 3, seed = 9")
    expect_match(methodsText(associationPower(carriers = 0.1, effect = 5,
        tests = 10, power = 0.7)), "for a power of 0.7")
    rows <- data.frame(cluster = rep(1:2, each = 16), junction_aa = rep(c(
        "CASSF", "CASSY", "CATTF", "CATTY"), each = 8),
        repertoire_id = letters[1:8])
    rows <- rows[!(rows$cluster == 2 & rows$repertoire_id > "d"), ]
    ill <- stats::setNames(rep(c("yes", "no"), each = 4), letters[1:8])
    balls <- associateReceptors(rows, ill, test = "wilcoxon",
        distance = "levenshtein")
    expect_output(print(balls), "Neighbors: Levenshtein distance of at most 1")
    expect_match(methodsText(balls), paste("value of a receptor with its",
        "neighbors in a sample was the number of its different receptors"))
    first <- associateClusters(x, rep(c("yes", "no"), 20), "logistic",
        alpha = 1) |> suppressMessages()
    left <- replace(rep(c("yes", "no"), 20), 1:3, NA)
    again <- suppressMessages(replicateAssociation(first, x, left))
    expect_identical(attr(again, "summary")$test, "fisher")
    expect_identical(attr(again, "summary")$left_out, 3L)
    expect_output(print(again), "\\(fisher\\): .* in 37 samples, 3 left out")
    expect_match(methodsText(again), "Fisher's exact test")
    expect_match(methodsText(again), "37 samples of a second cohort \\(3 more")
})
