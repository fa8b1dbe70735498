# Whose odds they are.

in_second <- function(levels, ...) {
    # A cluster in three samples, all of the second group.
    x <- rbind(c(0, 0, 0, 1, 1, 1))
    associateClusters(x, rep(levels, each = 3), ...)
}
case_of <- function(...) attr(in_second(...), "summary")$case

test_that("controls are known by their usual names, in either place", {
    pairs <- list(
        c("case", "control"), c("COVID", "HC"), c("+", "-"),
        c("disease", "healthy"), c("AML", "normal"), c("yes", "no"),
        c("CMV+", "CMV-"), c("CMV positive", "CMV_negative"), c("1", "0"),
        c("TRUE", "FALSE"), c("pos", "neg"), c("RA", "Healthy donor"),
        c("affected", "unaffected"), c("week4", "baseline"),
        c("KO", "wild type"), c("KO", "WT"), c("drug", "Placebo"),
        c("smoker", "non-smoker"), c("relapse", "no relapse"),
        c("vaccinated", "unvaccinated"), c("T1D", "Ctrl"), c("any", "none"),
        c("post", "pre"), c("patient", "sibling"), c("y", "n"),
        c("active", "inactive"), c("Zoster", "CONTROLS"),
        c("unhealthy", "healthy"), c("not healthy", "healthy"),
        c("non-control", "control"), c("abnormal", "normal"),
        c("COVID-19", "not infected"), c("HCC", "No disease"),
        c("Relapse", "Disease-free"), c("BNT162b2", "Not vaccinated"),
        c("TB", "not yet exposed"), c("convalescent", "never infected"),
        c("not negative", "negative"), c("flu", "nonvaccinated"),
        c("COVID", "disease control"), c("RA", "free of disease"),
        c("non-Hodgkin lymphoma patient", "relative"),
        c("non-small cell lung cancer", "healthy")
    )
    for (pair in pairs) {
        expect_identical(case_of(pair), pair[1], info = pair[1])
        expect_identical(case_of(rev(pair)), pair[1], info = pair[1])
        found <- in_second(pair)
        expect_identical(c(found$n_case, found$n_control), c(0L, 3L))
        expect_identical(found$estimate, 0)
        expect_identical(in_second(rev(pair))$estimate, Inf)
        expect_true(attr(found, "summary")$case_known)
    }
})

test_that("numbers and truth values have their controls", {
    expect_identical(case_of(c(0, 1)), "1")
    expect_identical(case_of(c(1, 0)), "1")
    expect_identical(case_of(c(TRUE, FALSE)), "TRUE")
    expect_identical(case_of(c(2L, 0L)), "2")
    # As some code controls 1 and others cases.
    expect_named(in_second(1:2), c("cluster", "estimate", "conf_low",
        "conf_high", "p_value", "q_value", "n_samples", "n_2", "n_1"))
})

test_that("where nobody knows, columns are called by level", {
    for (pair in list(c("blood", "tumor"), c("healthy", "baseline"),
        c("A", "B"), c("never infected", "not exposed"),
        c("patient A", "patient B"), c("no tumor", "untidy"))) {
        found <- in_second(pair)
        expect_false(attr(found, "summary")$case_known)
        expect_identical(attr(found, "summary")$case, max(pair))
        expect_false(any(c("n_case", "n_control") %in% names(found)))
        expect_identical(found[[paste0("n_", pair[1])]], 0L)
        expect_identical(found[[paste0("n_", pair[2])]], 3L)
        expect_output(print(found), "Neither group is known")
    }
    found <- in_second(c("blood", "samples"))
    expect_identical(found$n_samples, 3L)
    expect_identical(anyDuplicated(names(found)), 0L)
})

test_that("`case` says which it is", {
    for (pair in list(c("case", "control"), c("blood", "tumor"), c(0, 1))) {
        for (case in pair) {
            found <- in_second(pair, case = case)
            expect_identical(attr(found, "summary")$case, as.character(case))
            expect_true(attr(found, "summary")$case_known)
            expect_identical(found$n_case, if (case == pair[2]) 3L else 0L)
            expect_identical(found$estimate, if (case == pair[2]) Inf else 0)
        }
    }
    expect_error(in_second(c("a", "b"), case = "c"),
        "`case` must be one of the two levels .*\"a\", \"b\"",
        class = "clustcr_error_invalid_argument")
    expect_error(in_second(c("a", "b"), case = c("a", "b")), "`case`",
        class = "clustcr_error_invalid_argument")
})

test_that("the first level of a factor is the control", {
    y <- c("COVID", "HC")
    expect_identical(case_of(factor(y, c("HC", "COVID"))), "COVID")
    expect_message(case <- case_of(factor(y, y)), "`case = \"COVID\"`",
        class = "clustcr_message_case")
    expect_identical(case, "HC")
    expect_no_message(in_second(factor(y, c("x", "HC", "COVID"))))
    found <- in_second(factor(c("a", "b"), c("b", "a")))
    expect_identical(attr(found, "summary")$case, "a")
    expect_true(attr(found, "summary")$case_known)
    expect_identical(found$n_control, 3L)
    expect_identical(case_of(factor(y, y), case = "COVID"), "COVID")
})

test_that("print says whose odds they are", {
    expect_output(print(in_second(c("COVID", "HC"))),
        "odds ratio of \"COVID\"")
    expect_output(print(in_second(c("COVID", "HC"), "wilcoxon")),
        "probability that \"COVID\" has more than \"HC\"")
    expect_output(print(in_second(c("COVID", "HC"), "logistic")),
        "odds ratio of \"COVID\" for one more of the value")
    long <- strrep("very ill ", 20)
    expect_lte(max(nchar(utils::capture.output(print(
        in_second(c(trimws(long), "HC")))))), 100)
})

test_that("other numbers of levels are refused with a way out", {
    refused <- function(y) {
        conditionMessage(expect_error(associateClusters(
            matrix(1, 1, length(y)), y), class = "clustcr_error_phenotype"))
    }
    expect_match(refused(1:28), "not 28 numbers .*phenotype = value > 14.5")
    expect_match(refused(paste0("s", 1:28)), "names of samples")
    expect_match(refused(rep(c("a", "b", "c"), 3)),
        "compare one with all others by phenotype = value == \"a\"")
    expect_match(refused(rep("a", 4)), "all samples are in one group")
})
