# Balls by hand are the matrix that associateClusters() tests, whole.

quietly <- function(code) suppressMessages(code)

# list(x, ball, key, sheet): clusters of a cohort, the matrix of all its balls
# and samples with their names, and a sheet of all kinds of phenotypes.
design_cohort <- function() {
    tables <- ball_cohort(24, 4, 150)
    naive <- naive_balls(tables)
    present <- (naive$matrix > 0) + 0
    n <- ncol(present)
    sheet <- cbind(data.frame(repertoire_id = colnames(present)),
        random_sheet(n, 5))
    withr::with_seed(6, {
        sheet$group <- sample(c("a", "b", "own"), n, TRUE)
        sheet$other <- sample(c("no", "yes"), n, TRUE)
        sheet$weight <- stats::rnorm(n)
        sheet$rest <- ceiling(stats::rexp(n) * 9)
        sheet$event <- stats::runif(n) < 0.7
    })
    sheet$site <- rep_len(c("x", "y", "y"), n)
    sheet$person <- rep(seq_len(n / 2), each = 2)
    sheet$visit <- rep_len(c("before", "after"), n)
    # One of each person.
    sheet$status <- rep(rep_len(c("well", "ill", "well"), n / 2), each = 2)
    list(
        x = cohort_clusters(write_cohort(tables), v_gene = "gene",
            method = "components", missing_genes = "group"),
        ball = (diag(nrow(present)) + naive$linked) %*% present,
        key = paste(naive$receptors$junction_aa, naive$receptors$v_call),
        sheet = sheet
    )
}

test_that("balls have every test, design and phenotype of clusters", {
    cohort <- design_cohort()
    sheet <- cohort$sheet
    first <- quietly(associateReceptors(cohort$x, "ill", samples = sheet,
        min_samples = 3))
    at <- match(paste(first$junction_aa, first$v_call), cohort$key)
    ball <- cohort$ball[at, ]
    colnames(ball) <- sheet$repertoire_id
    key <- cohort$key[at]
    # In blocks so small that no matrix is whole.
    local_binding("ball_cells", 200)
    same <- function(..., test = "fisher") {
        ask <- function(associate, x) {
            quietly(associate(x, ..., test = test, samples = sheet,
                min_samples = 3, permutations = 6, alpha = 0.5))
        }
        found <- ask(associateReceptors, cohort$x)
        # Of presence balls have nothing else, and depth is of that.
        present <- test %in% c("fisher", "chisq")
        expected <- ask(associateClusters, if (present) (ball > 0) + 0
            else ball)
        expect_gt(nrow(found), 30)
        expect_identical(paste(found$junction_aa, found$v_call),
            key[expected$cluster])
        for (column in setdiff(names(expected), "cluster")) {
            expect_equal(found[[column]], expected[[column]])
        }
        about <- attr(found, "summary")
        for (part in setdiff(names(attr(expected, "summary")), c("strata",
            "value"))) {
            expect_equal(about[[part]], attr(expected, "summary")[[part]])
        }
        expect_output(print(found), "receptor")
        expect_match(methodsText(found), "neighbors")
        invisible(found)
    }
    for (test in c("fisher", "wilcoxon", "logistic")) {
        same("ill", test = test)
        same("status", test = test, subject = "person")
        same(time = "visit", subject = "person", test = test)
        same(c("ill", "other"), test = test)
    }
    same("ill", strata = "site")
    same(c("ill", "other"), strata = "site")
    same("ill", test = "logistic", covariates = ~ age + sex, strata = "site",
        depth = "covariate")
    same("group", test = "chisq")
    same("group", test = "kruskal")
    same(c("age", "weight"), test = "spearman", strata = "site")
    same("age", test = "linear", covariates = "sex")
    same(c("ill", "other"), max_rows = 40)
    same(c("ill", "other"), test = "wilcoxon", max_rows = 40)
    skip_if_not_installed("survival")
    same(survival::Surv(sheet$rest, sheet$event), test = "cox",
        strata = "site")
})

test_that("shuffles in one pass or in several are the same", {
    cohort <- design_cohort()
    labels <- as.data.frame(withr::with_seed(1, replicate(12,
        sample(c(TRUE, FALSE, NA), 24, TRUE))))
    labels$repertoire_id <- cohort$sheet$repertoire_id
    ask <- function(...) {
        quietly(associateReceptors(cohort$x, labels, permutations = 7,
            alpha = 0.9, ...))
    }
    found <- ask()
    expect_identical(ask(n_cpus = 2), found)
    local_binding("shuffle_bytes", 0)
    expect_identical(ask(), found)
})

test_that("families are of all phenotypes' hits", {
    rows <- unique(diluted_cohort())
    ids <- unique(rows$repertoire_id)
    labels <- data.frame(repertoire_id = ids, ill = startsWith(ids, "case"),
        none = rep_len(c(TRUE, FALSE), length(ids)))
    found <- associateReceptors(rows, labels, alpha = 0.01)
    hits <- found$q_value <= 0.01
    expect_identical(unique(found$phenotype[hits]), "ill")
    expect_identical(is.na(found$family), !hits)
    expect_identical(found$junction_aa[1], "CASSLGQAYEQYF")
    one <- associateReceptors(rows, stats::setNames(labels$ill, ids),
        alpha = 0.01)
    expect_setequal(found$junction_aa[hits],
        one$junction_aa[one$p_value <= max(found$p_value[hits])])
    expect_message(none <- associateReceptors(rows, labels,
        min_samples = 1000, permutations = 5),
    class = "clustcr_message_left_out")
    expect_identical(nrow(none), 0L)
    for (test in c("wilcoxon", "logistic")) {
        none <- quietly(associateReceptors(rows, labels, min_samples = 1000,
            permutations = 5, test = test))
        expect_identical(nrow(none), 0L)
    }
    expect_error(associateReceptors(rows, labels, depth = "downsample"),
        "`depth`", class = "clustcr_error_invalid_argument")
})
