# Folders for answers, and answers that are read only where a job of ours has
# written them.

test_that("only folders that say that they are ours are removed", {
    directory <- withr::local_tempdir()
    ours <- make_task_folder(directory, "tasks")
    drawn <- make_task_folder(directory, "drawn")
    make_folder(file.path(ours, "taken"))
    make_folder(file.path(ours, "answers"))
    make_folder(file.path(ours, "taken", "1"))
    for (name in c("answers/1", "answers/2.12-345-6.part")) {
        writeLines("x", file.path(ours, name))
    }
    writeLines("x", file.path(drawn, "17"))
    # Called like ours, and not.
    other <- file.path(directory, c("tasks-2024", "tasks-0123456789abcdef",
        "drawn-fedcba9876543210"))
    for (folder in other) {
        dir.create(folder)
        writeLines("mine", file.path(folder, "1"))
        writeLines("mine", file.path(folder, "notes.txt"))
    }
    # The record of another folder says nothing of this one.
    file.copy(task_folder_record(ours), other[2])
    before <- files_below(directory)
    remove_task_folders(directory)
    expect_false(any(dir.exists(c(ours, drawn))))
    mine <- startsWith(names(before), "tasks-0123456789abcdef/") |
        startsWith(names(before), "tasks-2024/") |
        startsWith(names(before), "drawn-fedcba9876543210/")
    expect_identical(files_below(directory), before[mine])
})

test_that("what others put into a folder of ours stays, and links with it", {
    directory <- withr::local_tempdir()
    elsewhere <- withr::local_tempdir()
    writeLines("mine", file.path(elsewhere, "1"))
    ours <- make_task_folder(directory, "tasks")
    writeLines("mine", file.path(ours, "notes.txt"))
    file.symlink(elsewhere, file.path(ours, "answers"))
    linked <- make_task_folder(elsewhere, "tasks")
    file.symlink(linked, file.path(directory, basename(linked)))
    remove_task_folders(directory)
    expect_identical(readLines(file.path(ours, "notes.txt")), "mine")
    expect_identical(readLines(file.path(elsewhere, "1")), "mine")
    expect_true(file.exists(task_folder_record(linked)))
})

test_that("answers come back from those who know the secret, and no others", {
    folder <- withr::local_tempdir()
    path <- file.path(folder, "3")
    secret <- "0123456789abcdef0123456789abcdef"
    answer <- list(value = list(1, function(x) x + 1), index = 3L)
    write_answer(answer, path, secret)
    expect_identical(read_answer(path, secret)$value[[2]](1), 2)
    whole <- readBin(path, "raw", 1e5)
    marker <- file.path(folder, "ran")
    bytes <- promise_rds(marker)
    for (planted in list(bytes, c(whole[1:32], bytes), raw(), whole[1:31],
        c(seal_of(bytes, path, "another secret"), bytes))) {
        writeBin(planted, path)
        expect_error(read_answer(path, secret), "is not read",
            class = "clustcr_error_damaged")
    }
    # Nor that of another task.
    writeBin(whole, file.path(folder, "4"))
    expect_error(read_answer(file.path(folder, "4"), secret),
        class = "clustcr_error_damaged")
    expect_false(file.exists(marker))
})

test_that("jobs take tasks once and answer each", {
    directory <- withr::local_tempdir()
    folder <- make_task_folder(directory, "tasks")
    for (name in c("taken", "answers")) make_folder(file.path(folder, name))
    task <- function(i) {
        list(what = "probe", probes = character(), token = "", files =
            character(), sizes = numeric(), version = as.character(
            utils::packageVersion("clustcr")), share = 1, threads = 1L,
            index = i)
    }
    tasks <- lapply(1:3, task)
    dir.create(file.path(folder, "taken", 2))
    # As it is sent: what it needs comes with it.
    send <- at_worker("take_tasks", list(tasks, "secret"))
    expect_null(send(folder))
    expect_setequal(list.files(file.path(folder, "answers")), c("1", "3"))
    found <- read_answer(file.path(folder, "answers", 3), "secret")
    expect_identical(found$index, 3L)
    expect_null(found$error)
    remove_task_folder(folder)
    expect_false(dir.exists(folder))
})
