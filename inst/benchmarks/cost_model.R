# Rscript cost_model.R: from stages.tsv (see stages.R) what each stage costs,
# and what that makes of 74.2 million distinct CDR3s with 478.5 million links,
# the largest set that was clustered anywhere (components, 64 cores, 25.5 GB).
# Prints the fit and the projection and draws cost_model.png.
#
# A stage's processor time is a a sequence plus b a link, neither negative, or
# a power of the links where that comes nearer (MCL: components grow), fitted to
# the ratio of measured and fitted; of its wall-clock time with one and two
# threads follows what part of it is serial (Amdahl). Where a stage was measured
# with one of them only, all of it counts as serial.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
folder <- Sys.getenv("CLUSTCR_RESULTS", here)
runs <- data.table::fread(file.path(folder, "stages.tsv"), data.table = FALSE)
stages <- c("precluster", "join", "units")
target <- data.frame(n = 74.2e6, links = 478.5e6)

# Seconds as a function of n and links: their names say what it is made of.
fit_cost <- function(cpu, n, links) {
    linear <- fit_linear(cpu, n, links)
    power <- stats::lm(log(cpu) ~ log(links))$coefficients
    forms <- list(
        list(
            us_a_sequence = 1e6 * linear[[1]], us_a_link = 1e6 * linear[[2]],
            power = 1,
            seconds = function(n, links) linear[[1]] * n + linear[[2]] * links
        ),
        list(
            us_a_sequence = 0, us_a_link = NA, power = power[[2]],
            seconds = function(n, links) {
                exp(power[[1]]) * links^power[[2]]
            }
        )
    )
    loss <- vapply(forms, function(form) {
        sum((1 - form$seconds(n, links) / cpu)^2)
    }, 0)
    # A power takes the place of the sum where it is clearly better.
    forms[[if (loss[2] < loss[1] / 4) 2 else 1]]
}

# Of a by n and b by links with the smallest relative squares, none below 0.
fit_linear <- function(cpu, n, links) {
    x <- cbind(n, links) / cpu
    one <- rep(1, length(cpu))
    best <- stats::lm.fit(x, one)$coefficients
    if (anyNA(best) || any(best < 0)) {
        alone <- apply(x, 2, function(v) sum(v) / sum(v^2))
        loss <- colSums((1 - sweep(x, 2, alone, "*"))^2)
        best <- c(0, 0)
        best[which.min(loss)] <- alone[which.min(loss)]
    }
    best
}

serial_part <- function(seconds, threads, n) {
    shared <- intersect(n[threads == 1], n[threads == 2])
    if (!length(shared)) return(1)
    largest <- max(shared)
    one <- stats::median(seconds[threads == 1 & n == largest])
    two <- stats::median(seconds[threads == 2 & n == largest])
    min(1, max(0, 2 * two / one - 1))
}

model <- function(runs) {
    do.call(rbind, lapply(stages, function(stage) {
        cpu <- runs[[paste0(stage, ".cpu")]]
        seconds <- runs[[paste0(stage, ".seconds")]]
        cost <- fit_cost(cpu, runs$n, runs$links)
        serial <- serial_part(seconds, runs$threads, runs$n)
        work <- cost$seconds(target$n, target$links)
        fitted <- cost$seconds(runs$n, runs$links)
        data.frame(
            method = runs$method[1], stage = stage,
            us_a_sequence = cost$us_a_sequence, us_a_link = cost$us_a_link,
            power = cost$power,
            largest_error = max(abs(cpu / fitted - 1)), serial = serial,
            cores_1 = work, cores_2 = work * (serial + (1 - serial) / 2),
            cores_16 = work * (serial + (1 - serial) / 16)
        )
    }))
}
costs <- do.call(rbind, lapply(split(runs, runs$method), model))
memory <- do.call(rbind, lapply(split(runs, runs$method), function(runs) {
    last <- runs[which.max(runs$n), ]
    data.frame(method = last$method, n = last$n,
        memory_limit = last$memory_limit, peak_mb = last$peak_mb,
        bytes_a_sequence = (last$peak_mb - last$base_mb) * 2^20 / last$n,
        disk_bytes_a_sequence = last$disk_mb * 2^20 / last$n)
}))
options(width = 120)
cat("Cost of each stage, and seconds for 74.2 million sequences with 478.5",
    "million links\n")
print(costs, digits = 3, row.names = FALSE)
cat("\nMemory and disk of the largest run\n")
print(memory, digits = 3, row.names = FALSE)
for (method in unique(costs$method)) {
    these <- costs[costs$method == method, ]
    cat(sprintf(
        "%s: %.0f s on 2 cores, %.0f s on 16, where %s takes most\n", method,
        sum(these$cores_2), sum(these$cores_16),
        these$stage[which.max(these$cores_16)]
    ))
}

library(ggplot2)
long <- do.call(rbind, lapply(stages, function(stage) {
    data.frame(runs[c("n", "method", "threads")], stage = stage,
        us = 1e6 * runs[[paste0(stage, ".cpu")]] / runs$n)
}))
long$stage <- factor(long$stage, stages, c("preclustering, with reading",
    "links and components", "clusters"))
picture <- ggplot(long, aes(n / 1e6, us, colour = stage, shape = stage)) +
    geom_point(size = 3) +
    stat_summary(fun = stats::median, geom = "line", linewidth = 1) +
    facet_wrap(~method, scales = "free_y") +
    scale_x_log10() + expand_limits(y = 0) +
    scale_colour_manual(values = c("#0072B2", "#E69F00", "#009E73")) +
    labs(x = "sequences (millions)", y = "processor time (us a sequence)",
        colour = NULL, shape = NULL) +
    theme_bw(base_size = 15) + theme(legend.position = "bottom")
ggsave(file.path(folder, "cost_model.png"), picture, width = 9, height = 5,
    dpi = 100)
