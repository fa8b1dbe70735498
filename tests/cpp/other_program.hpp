// This program once more, as another process: so Windows can do it, too. What
// it is to do has a name (OTHER_PROGRAM), and gets a folder.
#pragma once
#ifdef _WIN32
#ifndef NOMINMAX
#define NOMINMAX
#endif
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>

#include "test_helpers.hpp"

namespace clustcr_test {

constexpr char kTask[] = "CLUSTCR_TEST_TASK";
constexpr char kFolder[] = "CLUSTCR_TEST_FOLDER";

inline void set_variable(const char* name, const std::string& value) {
#ifdef _WIN32
  ::_putenv_s(name, value.c_str());  // an empty one is none
#else
  if (value.empty())
    ::unsetenv(name);
  else
    ::setenv(name, value.c_str(), 1);
#endif
}

// Does its task before any test, and ends.
class OtherTask : public testing::Environment {
 public:
  OtherTask(std::string name, std::function<int(const std::string&)> body)
      : name_(std::move(name)), body_(std::move(body)) {}
  void SetUp() override {
    const char* const task = std::getenv(kTask);
    if (task && name_ == task) std::_Exit(body_(std::getenv(kFolder)));
  }

 private:
  std::string name_;
  std::function<int(const std::string&)> body_;
};

#define OTHER_PROGRAM(name)                                          \
  int name(const std::string& folder);                               \
  const testing::Environment* const name##_registered =              \
      testing::AddGlobalTestEnvironment(new OtherTask(#name, name)); \
  int name(const std::string& folder)

class OtherProgram {
 public:
  OtherProgram(const std::string& task, const std::string& folder) {
    set_variable(kTask, task);
    set_variable(kFolder, folder);
    start();
    set_variable(kTask, "");
  }
  ~OtherProgram() {
    kill();
    wait();
  }
  OtherProgram(const OtherProgram&) = delete;
  OtherProgram& operator=(const OtherProgram&) = delete;

#ifdef _WIN32
  bool is_running() { return ::WaitForSingleObject(process_, 0) != 0; }
  void kill() { ::TerminateProcess(process_, 9); }
  int wait() {
    if (!process_) return status_;
    ::WaitForSingleObject(process_, INFINITE);
    DWORD status = 0;
    ::GetExitCodeProcess(process_, &status);
    ::CloseHandle(process_);
    process_ = nullptr;
    return status_ = static_cast<int>(status);
  }

 private:
  void start() {
    wchar_t program[1024];
    ::GetModuleFileNameW(nullptr, program, 1024);
    STARTUPINFOW startup = {};
    startup.cb = sizeof(startup);
    PROCESS_INFORMATION made;
    if (!::CreateProcessW(program, nullptr, nullptr, nullptr, TRUE, 0, nullptr,
                          nullptr, &startup, &made))
      throw std::runtime_error("can't start this program again");
    ::CloseHandle(made.hThread);
    process_ = made.hProcess;
  }
  HANDLE process_ = nullptr;
#else
  bool is_running() {
    int status = 0;
    if (process_ > 0 && ::waitpid(process_, &status, WNOHANG) == 0) return true;
    if (process_ > 0) end(status);
    return false;
  }
  void kill() {
    if (process_ > 0) ::kill(process_, SIGKILL);
  }
  int wait() {
    int status = 0;
    if (process_ > 0 && ::waitpid(process_, &status, 0) == process_)
      end(status);
    return status_;
  }

 private:
  void start() {
    static std::string program = testing::internal::GetArgvs()[0];
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("can't fork");
    if (process_ > 0) return;
    char* const arguments[] = {program.data(), nullptr};
    ::execv(program.c_str(), arguments);
    ::_exit(98);
  }
  void end(int status) {
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    process_ = 0;
  }
  pid_t process_ = 0;
#endif
  int status_ = -1;
};

}  // namespace clustcr_test
