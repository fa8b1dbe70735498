# Rscript auc_limits.R [cohorts]: how often the limits of predictPhenotype()'s
# AUC hold what they are of, the AUC of clusters and models that are learned
# from so many donors and meet new ones. Made-up cohorts of one kind, again and
# again; a few clusters that go with the phenotype, or none.
library(clustcr)
args <- as.numeric(commandArgs(TRUE))
cohorts <- if (is.na(args[1])) 300 else args[1]
folds <- 5
max_p <- 0.01

draw <- function(n, planted, effect, clusters = 600) {
    case <- rep_len(c(TRUE, FALSE), n)
    x <- matrix(stats::runif(clusters * n) < 0.12, clusters)
    of_case <- outer(seq_len(clusters) <= planted, case)
    x[of_case > 0] <- stats::runif(sum(of_case)) < effect
    list(x = x + 0, case = case)
}
# The AUC among new donors of what one cohort teaches.
learned <- function(n, planted, effect) {
    own <- draw(n, planted, effect)
    new <- draw(1000, planted, effect)
    found <- suppressMessages(associateClusters(own$x, own$case))
    chosen <- which(found$p_value <= max_p & found$estimate > 1)
    burden <- function(of) colSums(of$x[chosen, , drop = FALSE])
    odds <- clustcr:::learn_burden(burden(own), colSums(own$x), own$case + 0L,
        "beta_binomial")
    clustcr:::auc_of(odds(burden(new), colSums(new$x)), new$case + 0L)[["auc"]]
}
kinds <- expand.grid(n = c(30, 60, 120), planted = c(0, 5),
    effect = c(0.4))
kinds <- rbind(kinds, data.frame(n = c(30, 60), planted = 12, effect = 0.6))
for (k in seq_len(nrow(kinds))) {
    of <- kinds[k, ]
    set.seed(k)
    truth <- mean(replicate(cohorts, learned(of$n * (1 - 1 / folds),
        of$planted, of$effect)))
    found <- replicate(cohorts, {
        one <- draw(of$n, of$planted, of$effect)
        suppressMessages(predictPhenotype(one$x, one$case, folds = folds,
            repeats = 5, max_p = max_p, permutations = 0,
            chosen_elsewhere = TRUE))$auc
    })
    inside <- found["conf_low", ] <= truth & found["conf_high", ] >= truth
    cat(sprintf(paste("%3d donors, %2d planted: AUC of the learned %.3f, mean",
        "found %.3f, limits hold it in %.1f %%, mean width %.2f\n"), of$n,
        of$planted, truth, mean(found["auc", ]), 100 * mean(inside, na.rm =
            TRUE), mean(found["conf_high", ] - found["conf_low", ],
            na.rm = TRUE)))
}
