# How many donors a study needs: man/associationPower.Rd.
associationPower <- function(n = NULL, carriers, effect, tests, q = 0.05,
                             hits = 1, case_share = 0.5, power = 0.8) {
    carriers <- check_shares(carriers, "carriers")
    effect <- check_effects(effect)
    tests <- check_number(tests, "tests", 1, 1e15)
    q <- check_number(q, "q", 1e-300, 1)
    hits <- check_number(hits, "hits", 1, tests)
    case_share <- check_number(case_share, "case_share", 0.01, 0.99)
    max_p <- q * hits / tests
    if (!is.null(n)) {
        n <- check_donors(n)
        found <- expand.grid(n = n, carriers = carriers, effect = effect)
        found$power <- mapply(power_of, found$n, found$carriers, found$effect,
            MoreArgs = list(case_share = case_share, max_p = max_p))
    } else {
        power <- check_number(power, "power", 0.01, 0.999)
        found <- expand.grid(carriers = carriers, effect = effect)
        found$n <- mapply(donors_for, found$carriers, found$effect,
            MoreArgs = list(case_share = case_share, max_p = max_p,
                power = power))
        found$power <- mapply(function(n, ...) {
            if (is.na(n)) NA else power_of(n, ...)
        }, found$n, found$carriers, found$effect,
        MoreArgs = list(case_share = case_share, max_p = max_p))
    }
    found$n_case <- cases_of(found$n, case_share)
    found$n_control <- found$n - found$n_case
    rows <- found[c("n", "n_case", "n_control", "carriers", "effect", "power")]
    structure(rows, class = c("clustcr_power", "data.frame"),
        summary = list(tests = tests, q = q, hits = hits, max_p = max_p,
            case_share = case_share, target = if (is.null(n)) power))
}

most_donors <- 20000

check_donors <- function(n) {
    ok <- is.numeric(n) && length(n) && all(is.finite(n)) &&
        all(n == floor(n)) && all(n >= 4) && all(n <= most_donors)
    if (!ok) {
        bad_argument("`n` must be NULL or whole numbers of donors from 4 to ",
            plain_numbers(most_donors), ", not ", given(n))
    }
    n
}

check_shares <- function(x, name) {
    ok <- is.numeric(x) && length(x) && all(is.finite(x)) && all(x > 0) &&
        all(x < 1)
    if (!ok) {
        bad_argument("`", name, "` must be shares above 0 and below 1 (0.05: ",
            "one of twenty controls has the cluster), not ", given(x))
    }
    x
}

check_effects <- function(x) {
    ok <- is.numeric(x) && length(x) && all(is.finite(x)) && all(x > 0)
    if (!ok) {
        bad_argument("`effect` must be odds ratios above 0, not ", given(x))
    }
    x
}

cases_of <- function(n, case_share) {
    pmin(pmax(round(n * case_share), 1), n - 1)
}

# Exactly: all tables, by their probabilities, that Fisher's test calls
# significant, on the side of the effect.
power_of <- function(n, carriers, effect, case_share, max_p) {
    cases <- cases_of(n, case_share)
    controls <- n - cases
    limits <- cpp_fisher_limits(cases, controls, max_p)
    odds <- effect * carriers / (1 - carriers)
    of_cases <- stats::dbinom(0:cases, cases, odds / (1 + odds))
    of_controls <- stats::dbinom(0:controls, controls, carriers)
    # Of so many controls that have it, which numbers of cases pass.
    passing <- vapply(0:controls, function(have) {
        all <- have + 0:cases + 1L
        many <- effect >= 1 & 0:cases >= limits$many[all]
        few <- effect <= 1 & 0:cases <= limits$few[all]
        sum(of_cases[many | few])
    }, 0)
    sum(of_controls * passing)
}

# The fewest donors; power does not always rise with one donor more, so what is
# found has it, and half of it does not.
donors_for <- function(carriers, effect, case_share, max_p, power) {
    if (effect == 1) return(NA_real_)
    has <- function(n) {
        power_of(n, carriers, effect, case_share, max_p) >= power
    }
    high <- 8
    while (!has(high)) {
        if (high >= most_donors) return(NA_real_)
        high <- min(2 * high, most_donors)
    }
    low <- if (high == 8) 4 else high / 2
    while (high - low > 1) {
        middle <- floor((low + high) / 2)
        if (has(middle)) high <- middle else low <- middle
    }
    high
}

print.clustcr_power <- function(x, ...) {
    about <- attr(x, "summary")
    rows <- as.data.frame(x)
    class(rows) <- "data.frame"
    attr(rows, "summary") <- NULL
    if (!is.null(about)) say_lines(strwrap(power_lines(about), 80, exdent = 4))
    print_table(rows, row.names = FALSE, digits = 3, ...)
    invisible(x)
}

power_lines <- function(about) {
    c(
        paste0("Power of Fisher's test of ", count_text(about$tests,
            "cluster"), " at a q-value of at most ", format(about$q),
            ", where ", count_words(about$hits, "hit passes",
                "hits pass"), ": p of at most ",
            format(about$max_p, digits = 3)),
        paste0("carriers: share of controls with the cluster; effect: ",
            "odds ratio; ", percent_words(about$case_share), " cases"),
        if (!is.null(about$target)) {
            paste0("n: donors for a power of ", format(about$target))
        }
    )
}
