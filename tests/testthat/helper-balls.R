# Balls by hand: every pair of receptors is looked at.

ball_pool <- function(n, seed) {
    withr::with_seed(seed, data.frame(
        junction_aa = sample(random_cdr3(n, seed, 9:11), n),
        v_call = sample(c("TRBV7-9", "TRBV6-2"), n, TRUE)
    ))
}

# `samples` repertoires of that pool; some receptors are in many.
ball_cohort <- function(samples, seed, n = 400) {
    pool <- ball_pool(n, seed)
    withr::with_seed(seed, {
        common <- stats::runif(n)^3 * 0.6
        tables <- lapply(seq_len(samples), function(i) {
            rows <- pool[stats::runif(n) < common, ]
            rows$duplicate_count <- sample(1:9, nrow(rows), TRUE)
            rows
        })
    })
    stats::setNames(tables, sprintf("s%02d", seq_len(samples)))
}

# list(receptors, matrix, linked): all different receptors of the tables, in
# which samples they are and how often, and who is whose neighbor.
naive_balls <- function(tables) {
    rows <- do.call(rbind, Map(cbind, tables, sample = names(tables)))
    key <- paste(rows$junction_aa, rows$v_call)
    receptors <- unique(rows[c("junction_aa", "v_call")])
    own <- match(key, paste(receptors$junction_aa, receptors$v_call))
    matrix <- tapply(rows$duplicate_count, list(factor(own), rows$sample), sum,
        default = 0)
    letters <- strsplit(receptors$junction_aa, "")
    linked <- outer(seq_along(letters), seq_along(letters), Vectorize(
        function(i, j) {
            receptors$v_call[i] == receptors$v_call[j] &&
                length(letters[[i]]) == length(letters[[j]]) &&
                sum(letters[[i]] != letters[[j]]) == 1L
        }))
    list(receptors = receptors, matrix = matrix, linked = linked)
}

# A receptor whose neighbors are of cases, each rare, in a cluster that everyone
# has: other neighbors of the neighbors are of everyone.
diluted_cohort <- function() {
    center <- "CASSLGQAYEQYF"
    at <- function(text, i, letter) {
        substr(text, i, i) <- letter
        text
    }
    near <- vapply(5:10, function(i) at(center, i, "W"), "")
    far <- unlist(lapply(near, function(text) {
        vapply(c("A", "D"), function(x) at(text, 3, x), "")
    }))
    cases <- sprintf("case%02d", 1:18)
    controls <- sprintf("control%02d", 1:18)
    rows <- rbind(
        data.frame(junction_aa = rep(near, each = 3), repertoire_id = cases),
        data.frame(junction_aa = center, repertoire_id = cases[1:2]),
        data.frame(junction_aa = far,
            repertoire_id = rep(c(cases, controls), length(far) / 2))
    )
    rows$cluster <- 1
    rows
}
