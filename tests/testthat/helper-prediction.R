# A cohort in which some clusters go with the phenotype.
planted_cohort <- function(seed, samples = 60, clusters = 300, hits = 8,
                           share = 0.6) {
    withr::with_seed(seed, {
        ill <- rep(c(TRUE, FALSE), length.out = samples)
        common <- stats::runif(clusters, 0.03, 0.3)
        x <- matrix(stats::rbinom(clusters * samples, 1,
            rep(common, samples)), clusters)
        x[seq_len(hits), ill] <- stats::rbinom(hits * sum(ill), 1, share)
        x <- x * sample(1:3, length(x), TRUE)
    })
    colnames(x) <- sprintf("s%02d", seq_len(samples))
    list(x = x, ill = stats::setNames(ifelse(ill, "yes", "no"), colnames(x)))
}

# The clusters that these samples choose, by the test of associateClusters().
chosen_by <- function(x, ill, max_p) {
    found <- associateClusters(x, ill)
    which(found$p_value <= max_p & found$n_samples >= 2 &
        found$n_case / found$n_samples > mean(ill == "yes"))
}

# Cross-validation by hand: of each sample the log odds.
naive_scores <- function(x, ill, fold, max_p, model) {
    present <- (x > 0) + 0
    depth <- colSums(present)
    label <- as.integer(ill == "yes")
    score <- numeric(ncol(x))
    burden <- function(hits, of) colSums(present[hits, of, drop = FALSE])
    for (f in unique(fold)) {
        out <- fold == f
        k <- numeric(ncol(x))
        for (g in setdiff(unique(fold), f)) {
            own <- fold == g
            k[own] <- burden(chosen_by(x[, !out & !own], ill[!out & !own],
                max_p), own)
        }
        k[out] <- burden(chosen_by(x[, !out], ill[!out], max_p), out)
        odds <- learn_burden(k[!out], depth[!out], label[!out], model)
        score[out] <- odds(k[out], depth[out])
    }
    score
}
