# The tests of associateClusters() for rows of others, and what all tests share.

# The one call: `options` of association_options().
test_rows <- function(matrix, label, test, options = plain_options(),
                      base = NULL, threads = 1L) {
    if (is.null(base)) base <- matrix(1, sum(!is.na(label)), 1L)
    readable_estimates(cpp_associate(matrix, label, test, base, options,
        threads), test)
}

association_options <- function(min_samples, permutations, seed, conf_level,
                                alpha, max_rows = 1e5) {
    confidence <- check_number(conf_level, "conf_level", 0.01, 0.9999)
    list(
        min_samples = check_number(min_samples, "min_samples", 1, 2^31,
            whole = TRUE),
        permutations = check_number(permutations, "permutations", 0, 1e6,
            whole = TRUE),
        seed = check_number(seed, "seed", 0, 2^53, whole = TRUE),
        confidence = confidence,
        quantile = stats::qnorm((1 + confidence) / 2),
        alpha = check_number(alpha, "alpha", 0, 1),
        max_rows = check_number(max_rows, "max_rows", 1, 2^31 - 1,
            whole = TRUE)
    )
}

plain_options <- function(conf_level = 0.95) {
    association_options(1, 0, 0, conf_level, 0.05)
}

# For one test of what has been tested before: all of it, and no shuffles.
once_options <- function(options) {
    utils::modifyList(options, list(permutations = 0, min_samples = 1))
}

# Ratios instead of their logarithms.
readable_estimates <- function(found, test) {
    limits <- c("estimate", "conf_low", "conf_high")
    if (test %in% c("logistic", "cox")) found[limits] <- lapply(found[limits],
        exp)
    columns <- c(limits, "p_value")
    found[columns] <- lapply(found[columns], nan_to_na)
    found
}

# NaN is R's word for a failed computation; here nothing was computed.
nan_to_na <- function(value) replace(value, is.nan(value), NA)
