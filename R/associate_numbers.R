# A phenotype that is a number, such as age, or a time to an event.

plan_numbers <- function(cohort, setting) {
    value <- cohort$phenotype
    if (inherits(value, "difftime")) value <- as.numeric(value)
    if (!is.numeric(value)) {
        raise_error("phenotype", paste0("`phenotype` must be numbers if ",
            "`test` is ", given(setting$test), ", not ", given(value)))
    }
    value <- as.numeric(value)
    value[!complete_samples(cohort) | !is.finite(value)] <- NA
    used <- !is.na(value)
    if (length(unique(value[used])) < 2L) {
        raise_error("phenotype", paste0("`phenotype` must vary among the ",
            "samples; ", if (any(used)) paste("all are", given(value[used][1L]))
                else "all values are missing"))
    }
    ranks <- setting$test == "spearman"
    if (ranks && !is.null(cohort$frame)) {
        cohort$frame <- ranked_frame(cohort$frame, used)
    }
    base <- adjusted_base(cohort, used)
    number <- if (ranks) rank(value[used]) else value[used]
    residual <- drop(number - base %*% crossprod(base, number) / sum(used))
    if (sum(residual^2) <= 1e-10 * sum((number - mean(number))^2)) {
        raise_error("covariates", paste0("`phenotype` must not follow from ",
            "`covariates` and `strata`"))
    }
    quantile <- if (ranks) setting$options$quantile else stats::qt(
        (1 + setting$options$confidence) / 2, sum(used) - ncol(base) - 1)
    run <- function(matrix, options) {
        cpp_associate_numbers(matrix, ifelse(used, 0L, NA), residual, ranks,
            quantile, base, with_stratum(cohort, used, options),
            setting$threads)
    }
    list(run = run, about = list(kind = "numbers", label = value))
}

plan_survival <- function(cohort, setting) {
    need_package("survival", "`associateClusters(test = \"cox\")`")
    surv <- cohort$phenotype
    if (!inherits(surv, "Surv") || attr(surv, "type") != "right") {
        raise_error("phenotype", paste0("`phenotype` must be right-censored ",
            "times of survival::Surv() if `test` is \"cox\", not ",
            if (inherits(surv, "Surv")) attr(surv, "type") else given(surv)))
    }
    used <- !is.na(surv) & complete_samples(cohort)
    time <- as.matrix(surv)[used, "time"]
    event <- as.matrix(surv)[used, "status"] > 0
    if (sum(event) < 2L) {
        raise_error("too_few_samples", paste0("two samples or more must have ",
            "had the event, not ", sum(event)))
    }
    # Strata are compared within themselves, and need no intercepts.
    own <- cohort
    own$strata <- NULL
    base <- adjusted_base(own, used)
    parts <- survival_parts(time, event, base[, -1L, drop = FALSE],
        stratum_numbers(cohort, used))
    run <- function(matrix, options) {
        cpp_associate_survival(matrix, ifelse(used, 0L, NA), parts,
            with_stratum(cohort, used, options), setting$threads)
    }
    list(run = run, about = list(kind = "survival", label =
        ifelse(used, 0L, NA), events = sum(event)))
}

# What the score test of a cluster is made of: association_survival.hpp. `z`:
# the covariates.
survival_parts <- function(time, event, z, stratum) {
    if (!length(stratum)) stratum <- rep(1L, length(time))
    fit <- if (ncol(z)) null_survival(time, event, z, stratum)
    risk <- if (is.null(fit)) rep(1, length(time))
        else exp(drop(z %*% stats::coef(fit)))
    hazard <- squared <- numeric(length(time))
    shared <- matrix(0, length(time), ncol(z))
    for (own in split(seq_along(time), stratum)) {
        sums <- hazard_sums(time[own], event[own], risk[own],
            z[own, , drop = FALSE])
        hazard[own] <- sums$hazard
        squared[own] <- sums$squared
        shared[own, ] <- sums$shared
    }
    if (!is.null(fit)) shared <- shared %*% t(chol(stats::vcov(fit)))
    list(residual = event - hazard, hazard = hazard, risk = risk,
        squared = squared, shared = shared)
}

# The fit without any cluster.
null_survival <- function(time, event, z, stratum) {
    # coxph() knows it by this name only.
    strata <- survival::strata
    formula <- if (max(stratum) > 1L) {
        survival::Surv(time, event) ~ z + strata(stratum)
    } else {
        survival::Surv(time, event) ~ z
    }
    within <- apply(z, 2L, function(column) {
        column - stats::ave(column, stratum)
    })
    # Columns of z have a mean square of 1: what is left is no rounding.
    if (qr(within, tol = 1e-7)$rank < ncol(z) ||
        any(colMeans(within^2) < 1e-10)) {
        raise_error("covariates", paste0("`covariates` must vary within ",
            "`strata`, which are compared within themselves"))
    }
    survival::coxph(formula, ties = "breslow",
        control = survival::coxph.control(eps = 1e-11, iter.max = 100))
}

# Of the samples of a stratum, by sample: sums up to its time over all events,
# each over those who were left.
hazard_sums <- function(time, event, risk, z) {
    times <- sort(unique(time[event]))
    events <- tabulate(match(time[event], times), length(times))
    order <- order(time)
    first <- findInterval(times, time[order], left.open = TRUE) + 1L
    left <- function(value) rev(cumsum(rev(value[order])))[first]
    at_risk <- left(risk)
    up_to <- function(step) c(0, cumsum(step))[findInterval(time, times) + 1L]
    hazard <- up_to(events / at_risk)
    shared <- z
    for (k in seq_len(ncol(z))) {
        mean <- left(risk * z[, k]) / at_risk
        shared[, k] <- risk * (z[, k] * hazard -
            up_to(events * mean / at_risk))
    }
    list(hazard = risk * hazard, squared = up_to(events / at_risk^2),
        shared = shared)
}
