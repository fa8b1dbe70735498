# The tests of associateClusters() for rows of others: balls, hits, scores.

# The one call: `options` of association_options(), and `all_p_values` where
# `matrix` is a block of several.
test_rows <- function(matrix, label, test, options = plain_options(),
                      base = NULL, threads = 1L) {
    if (is.null(base)) base <- matrix(1, sum(!is.na(label)), 1L)
    found <- cpp_associate(matrix, label, test, base, options, threads)
    if (test == "logistic") {
        for (column in c("estimate", "conf_low", "conf_high")) {
            found[[column]] <- exp(found[[column]])
        }
    }
    # NaN is R's word for a failed computation; here nothing was computed.
    for (column in c("estimate", "conf_low", "conf_high", "p_value")) {
        found[[column]] <- replace(found[[column]], is.nan(found[[column]]), NA)
    }
    found
}

plain_options <- function(conf_level = 0.95) {
    association_options(1, 0, 0, conf_level, 0.05)
}
