# Names and sentences in pictures and prints: shortened in the middle and still
# distinct, wrapped, and what stands where there is nothing to draw.

# At most `width` columns each. Two names that differ have two that differ:
# where beginning and end are alike, the place where they part is shown, and
# where that is not enough they are numbered.
short_names <- function(x, width = 24L) {
    known <- unique(x)
    line <- one_line(known)
    short <- vapply(line, shorten, "", width, USE.NAMES = FALSE)
    for (group in alike(short)) {
        short[group] <- shorten_apart(line[group], width)
    }
    twice <- unlist(alike(short))
    if (length(twice)) {
        twice <- twice[order(as.character(known[twice]), method = "radix")]
        room <- width - nchar(paste0(" #", length(twice)))
        base <- vapply(short[twice], shorten, "", max(room, 5L))
        short[twice] <- paste0(base, " #", stats::ave(seq_along(twice), base,
            FUN = seq_along))
    }
    short[match(x, known)]
}

# A scale's or facet's labels.
short_labels <- function(width = 24L) {
    function(x) short_names(x, width)
}

# Printable and one line; what is missing has a name, too.
one_line <- function(x) {
    x <- as.character(x)
    line <- iconv(enc2utf8(x), "UTF-8", "UTF-8", sub = "?")
    line <- gsub("[[:cntrl:][:space:]]+", " ", line)
    line[!is.na(x) & !nzchar(trimws(line))] <- "(empty)"
    line[is.na(x)] <- "(missing)"
    line
}

alike <- function(x) {
    unname(Filter(function(group) length(group) > 1L,
        split(seq_along(x), x)))
}

dots <- "..."

shorten <- function(line, width) {
    if (isTRUE(nchar(line, "width") <= width)) return(line)
    room <- max(width - nchar(dots), 2L)
    letters <- strsplit(line, "")[[1L]]
    paste0(first_letters(letters, ceiling(room / 2)), dots,
        last_letters(letters, room %/% 2))
}

# Letters of East Asian scripts take two columns.
first_letters <- function(letters, width) {
    paste(letters[cumsum(nchar(letters, "width")) <= width], collapse = "")
}

last_letters <- function(letters, width) {
    letters <- rev(letters)
    kept <- letters[cumsum(nchar(letters, "width")) <= width]
    paste(rev(kept), collapse = "")
}

# Beginning, the place where the names part, and end.
shorten_apart <- function(lines, width) {
    letters <- strsplit(lines, "")
    shortest <- min(lengths(letters))
    first <- vapply(letters, `[`, rep("", shortest), seq_len(shortest))
    first <- matrix(first, shortest)
    same <- rowSums(first != first[, 1L]) == 0
    part <- if (all(same)) shortest + 1L else which(!same)[1L]
    rim <- (width - 2L * nchar(dots)) %/% 4L
    core <- width - 2L * nchar(dots) - 2L * rim
    if (rim < 1L) return(vapply(lines, shorten, "", width))
    from <- max(part - core %/% 3L, 1L)
    vapply(letters, function(x) {
        inside <- first_letters(x[from:max(from, length(x))], core)
        after <- from + nchar(inside)
        paste0(first_letters(x[seq_len(from - 1L)], rim),
            if (from > 1L) dots, inside, if (after <= length(x)) dots,
            last_letters(x[seq_along(x) >= after], rim))
    }, "")
}

# Lines of at most `width` columns, joined: titles and captions are not cut off
# in a picture of seven inches.
wrapped <- function(text, width = 60L) {
    if (is.null(text)) return(NULL)
    paste(wrap_lines(text, width), collapse = "\n")
}

# The lines of messages and prints. Words that are too long are shortened in
# the middle, but for paths, which are to be copied.
wrap_lines <- function(lines, width = 80L, exdent = 0L) {
    parts <- lapply(lines, function(line) {
        if (isTRUE(nchar(line, "width") <= width)) return(line)
        indent <- nchar(sub("[^ ].*", "", line))
        exdent <- indent + exdent
        words <- strsplit(trimws(line), " +")[[1L]]
        long <- nchar(words, "width") > width - exdent &
            !grepl("/", words, fixed = TRUE)
        words[long] <- short_names(words[long], width - exdent)
        strwrap(paste(words, collapse = " "), width + 1L, indent, exdent)
    })
    unlist(parts, use.names = FALSE)
}
