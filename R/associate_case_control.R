# Which of two groups is the case. Odds ratios are the case's, so it is never
# the alphabet that decides without a word.

# Usual names of controls, as level_words() writes them: whole names, and words
# of a name ("Healthy donor", "CMV negative").
control_names <- c(
    "0", "-", "false", "n", "no", "none", "absent", "hc", "hd", "hv", "nc",
    "norm", "naive", "pre", "before", "day 0", "d0", "t0", "wt", "wild type",
    "wildtype", "never", "non responder", "nonresponder", "nr"
)
control_words <- c(
    "control", "controls", "ctrl", "ctrls", "ctl", "ctr", "healthy", "normal",
    "negative", "neg", "seronegative", "unaffected", "uninfected", "unexposed",
    "untreated", "unvaccinated", "unstimulated", "baseline", "placebo", "mock",
    "sham", "vehicle", "reference"
)
# Usual names of cases, beside a name that says nothing.
case_names <- c("+", "true", "y", "yes", "present")
case_words <- c(
    "case", "cases", "patient", "patients", "disease", "diseased", "ill",
    "sick", "positive", "pos", "seropositive", "affected", "infected",
    "exposed", "treated", "vaccinated", "stimulated", "infection", "symptomatic"
)
# Words that turn the next one round, and what may stand between.
negations <- c("non", "no", "not", "never", "without")
negation_fillers <- c("yet", "previously", "been", "ever", "any", "a", "an")

# list(label, levels, known): of each sample 1 for the second of the two levels
# ("case"), 0 for the first ("control"), NA where there is none; and whether it
# is known that they are.
as_case_labels <- function(phenotype, case = NULL, name = "phenotype") {
    value <- if (is.factor(phenotype)) as.character(phenotype) else phenotype
    if (is.character(value)) value[!nzchar(value)] <- NA
    levels <- if (is.factor(phenotype)) {
        intersect(levels(phenotype), value)
    } else {
        sort(unique(value[!is.na(value)]), method = "radix")
    }
    if (length(levels) != 2L) refuse_levels(value, id_text(levels), name)
    found <- order_levels(id_text(levels), case, is.factor(phenotype), name)
    list(
        label = match(id_text(value), found$levels) - 1L,
        levels = found$levels, known = found$known
    )
}

# list(levels, known): the control first.
order_levels <- function(levels, case, factor, name) {
    if (!is.null(case)) {
        at <- if (length(case) == 1L && is.atomic(case)) {
            match(id_text(case), levels)
        }
        if (is.null(at) || is.na(at)) {
            bad_argument("`case` must be one of the two levels of `", name,
                "` (", name_some(levels), "), not ", given(case))
        }
        return(list(levels = c(levels[-at], levels[at]), known = TRUE))
    }
    control <- control_level(levels)
    if (factor) {
        if (control == 2L) {
            inform("case", "The case is ", given(levels[2L]), ": the ",
                "first level of a factor is the control. `case = ",
                given(levels[1L]), "` swaps them.")
        }
        return(list(levels = levels, known = TRUE))
    }
    list(
        levels = if (control == 2L) rev(levels) else levels,
        known = control > 0L
    )
}

unknown_case <- paste("Neither group is known as the control: `case =` says",
    "which is what")

# For who goes by the case alone.
tell_unknown_case <- function(groups, name = "phenotype") {
    if (groups$known) return(invisible())
    inform("case", "Neither ", given(groups$levels[1L]), " nor ",
        given(groups$levels[2L]), " of `", name, "` is known as the control: ",
        "the case is ", given(groups$levels[2L]), ". `case = ",
        given(groups$levels[1L]), "` swaps them.")
}

# Which of two names is a control's, 1 or 2; 0 where that can't be told.
control_level <- function(levels) {
    normal <- level_words(levels)
    # "CMV-" and "CMV+"; "non-smoker" and "smoker".
    sign <- sub("^.*?([+-]?)$", "\\1", trimws(levels))
    stem <- sub("[+-]$", "", trimws(levels))
    if (stem[1L] == stem[2L] && sign[1L] != sign[2L]) {
        return(which.min(match(sign, c("-", "", "+"))))
    }
    kind <- vapply(normal, level_kind, "", USE.NAMES = FALSE)
    if (sum(kind == "control") == 1L) return(which(kind == "control"))
    if (all(kind == "")) {
        glued <- c("non", "no", "not", "without", "un", "in")
        negated <- vapply(1:2, function(i) {
            normal[i] %in% paste0(c(glued, paste0(glued, " ")), normal[3L - i])
        }, NA)
        if (sum(negated) == 1L) return(which(negated))
    }
    if (sum(kind == "case") == 1L && "" %in% kind) return(which(kind == ""))
    0L
}

# "control", "case" or "" by the words of a name. What is not healthy is a case,
# and what is not infected, or disease-free, a control. Of several words that
# of a control counts ("disease control").
level_kind <- function(name) {
    if (name %in% control_names) return("control")
    if (name %in% case_names) return("case")
    name <- gsub("\\bfree (of|from) ", "without ", name)
    words <- strsplit(name, " ")[[1L]]
    words <- words[!words %in% negation_fillers]
    known <- c(control_words, case_words)
    # "unhealthy", "nonvaccinated", where that is no word of its own.
    plain <- sub("^(un|non|ab)", "", words)
    glued <- !words %in% known & plain %in% known
    words[glued] <- plain[glued]
    before <- c("", words)[seq_along(words)] %in% negations
    behind <- c(words[-1L], "") == "free"
    negated <- xor(glued, before | behind)
    kinds <- ifelse(xor(words %in% control_words, negated), "control", "case")
    kinds <- kinds[words %in% known]
    if ("control" %in% kinds) "control" else if (length(kinds)) "case" else ""
}

# Small letters; words parted by one space.
level_words <- function(levels) {
    words <- trimws(small_letters(levels))
    signs <- words %in% c("+", "-")
    words[!signs] <- trimws(gsub("[^[:alnum:]+]+", " ", words[!signs]))
    words
}

refuse_levels <- function(value, levels, name) {
    n <- length(levels)
    known <- sum(!is.na(value))
    advice <- if (n == 0L) {
        paste0("; all ", length(value), " values are missing")
    } else if (n == 1L) {
        paste0(" (", name_some(levels), "): all samples are in one group")
    } else if (is.numeric(value)) {
        paste0(" numbers (", name_some(levels, 3L), "): make two groups of ",
            "them, such as ", name, " = value > ",
            plain_numbers(signif(stats::median(value, na.rm = TRUE), 3)))
    } else if (n == known) {
        paste0(" (", name_some(levels), "): one for each sample, as names of ",
            "samples are; give what parts the samples into two groups")
    } else {
        paste0(
            " (", name_some(levels), "): compare one with all others by ",
            name, " = value == ", given(levels[1L]),
            ", or leave samples out by `NA` where the value is another"
        )
    }
    raise_error("phenotype", paste0("`", name, "` must have two levels, not ",
        n, advice))
}
