# Read a model of V(D)J recombination: man/recombinationModel.Rd.
recombinationModel <- function(folder) {
    folder <- path.expand(check_string(folder, "folder"))
    lacking <- setdiff(model_files, list.files(folder))
    if (length(lacking)) {
        bad_argument("`folder` must be a folder with the four files of a ",
            "model (", toString(model_files), "), and '", folder, "' ",
            if (dir.exists(folder)) paste("lacks", toString(lacking))
            else "is no folder")
    }
    model <- cpp_read_recombination_model(folder)
    structure(c(list(name = basename(normalizePath(folder))), model),
        class = "RecombinationModel")
}

model_files <- c("model_params.txt", "model_marginals.txt",
    "V_gene_CDR3_anchors.csv", "J_gene_CDR3_anchors.csv")

check_model <- function(x, name = "model") {
    if (!inherits(x, "RecombinationModel")) {
        bad_argument("`", name, "` must be a model of recombinationModel(), ",
            "not ", given(x))
    }
    x
}

has_d <- function(model) length(model$d$name) > 0L

# P(V, J) by allele: a row of each V, a column of each J.
pair_probabilities <- function(model) {
    matrix(model$v_j, length(model$v$name), byrow = TRUE)
}

print.RecombinationModel <- function(x, ...) {
    segment <- function(genes, letter) {
        functional <- genes$functional
        used <- if (is.null(functional)) rep(TRUE, length(genes$name))
            else functional
        paste0(count_text(length(unique(without_allele(genes$name[used]))),
            paste(letter, "gene")), " (",
            count_text(sum(used), "allele"), ")")
    }
    inserted <- function(insertion) {
        n <- seq_along(insertion$length) - 1
        format(sum(n * insertion$length) / sum(insertion$length), digits = 2)
    }
    locus <- unique(gene_locus(c(x$v$name, x$j$name)))
    joined <- if (has_d(x)) "V to D to J" else "V to J"
    unused <- sum(!x$v$functional) + sum(!x$j$functional)
    say_lines(c(
        paste0("RecombinationModel '", x$name, "': ", toString(locus), ", ",
            joined),
        paste0("Functional: ", segment(x$v, "V"), if (has_d(x)) paste0(", ",
            segment(x$d, "D")), ", ", segment(x$j, "J")),
        if (unused) paste(count_text(unused, "other allele"), "of V and J",
            "never in a productive receptor"),
        paste0("Letters inserted, on average: ", inserted(x$behind_v),
            if (has_d(x)) paste0(" between V and D, ", inserted(x$before_j),
                " between D and J"))
    ))
    invisible(x)
}
