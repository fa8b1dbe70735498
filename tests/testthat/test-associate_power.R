# Every table and its p-value by fisher.test().
naive_power <- function(cases, controls, carriers, effect, max_p) {
    odds <- effect * carriers / (1 - carriers)
    total <- 0
    for (a in 0:cases) for (b in 0:controls) {
        p <- stats::fisher.test(matrix(c(a, cases - a, b, controls - b), 2))
        # A tie of probabilities is one in fisher.test() up to rounding.
        side <- sign(a * (cases + controls) - (a + b) * cases)
        if (p$p.value > max_p * (1 + 1e-7)) next
        if (effect > 1 && side <= 0 || effect < 1 && side > 0) next
        total <- total + stats::dbinom(a, cases, odds / (1 + odds)) *
            stats::dbinom(b, controls, carriers)
    }
    total
}

test_that("power is that of all tables", {
    for (i in 1:6) {
        n <- c(20, 21, 30, 24, 16, 40)[i]
        effect <- c(3, 8, 0.2, 1, 20, 5)[i]
        carriers <- c(0.1, 0.3, 0.5, 0.2, 0.05, 0.02)[i]
        share <- c(0.5, 0.3, 0.5, 0.5, 0.7, 0.25)[i]
        found <- associationPower(n, carriers, effect, tests = 4, q = 0.2,
            case_share = share)
        expect_equal(found$power, naive_power(found$n_case, found$n_control,
            carriers, effect, 0.05), tolerance = 1e-9)
        expect_identical(found$n_case + found$n_control, n)
    }
})

test_that("the number of donors is the one where power begins", {
    found <- associationPower(carriers = c(0.05, 0.2), effect = c(4, 1),
        tests = 1000, power = 0.9)
    expect_identical(is.na(found$n), found$effect == 1)
    for (i in which(!is.na(found$n))) {
        expect_gte(found$power[i], 0.9)
        less <- associationPower(floor(found$n[i] / 2), found$carriers[i],
            found$effect[i], tests = 1000)
        expect_lt(less$power, 0.9)
    }
    # More hits let each pass at a larger p-value.
    more <- associationPower(carriers = 0.05, effect = 4, tests = 1000,
        hits = 100, power = 0.9)
    expect_lt(more$n, found$n[1])
    shown <- utils::capture.output(print(found))
    expect_match(shown, "donors for a power of 0.9", all = FALSE)
})

test_that("wrong numbers are told", {
    wrong <- "clustcr_error_invalid_argument"
    expect_error(associationPower(3, 0.1, 2, 10), "`n`", class = wrong)
    expect_error(associationPower(100, 1.1, 2, 10), "`carriers`", class = wrong)
    expect_error(associationPower(100, 0.1, -2, 10), "`effect`", class = wrong)
    expect_error(associationPower(100, 0.1, 2, 0), "`tests`", class = wrong)
    expect_error(associationPower(100, 0.1, 2, 10, hits = 11), "`hits`",
        class = wrong)
})
