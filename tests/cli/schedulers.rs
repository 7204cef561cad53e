//! What the book says of several machines, run as it stands there: GNU parallel, make, and a Slurm array on one node.
//!
//! These programs are not everywhere, so the tests are ignored unless asked for: `cargo xtask test schedulers`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::files::{folder, latent_lens, said, write};

const BOOK: &str = include_str!("../../docs/terminal.md");
const DATA: &str = "--images digits.idx --labels labels.idx";
const HOW: &str = "--explain held-out --method sampled --permutations 100";
/// A scheduler that answers at all answers within it.
const PATIENCE: Duration = Duration::from_mins(2);

/// The block of code that contains `words`.
fn block(words: &str) -> String {
    let mut blocks = BOOK.split("\n```").skip(1).step_by(2);
    let found = blocks.find(|block| block.contains(words));
    let block = found.unwrap_or_else(|| panic!("the book has no block with {words:?}"));
    let (_, code) = block.split_once('\n').expect("a language, and lines");
    code.to_owned() + "\n"
}

/// A folder with images under the book's names, and what `analyse` makes of `model` there.
fn prepared(test: &str) -> PathBuf {
    let folder = folder(test);
    write(&folder);
    fs::rename(folder.join("images.idx"), folder.join("digits.idx")).unwrap();
    let train = format!("train {DATA} --out model.safetensors");
    let analyse = format!("analyse {DATA} {HOW} --model model.safetensors --out whole");
    for command in [train, analyse] {
        let output = latent_lens(&folder, &command);
        assert!(output.status.success(), "{command}: {}", said(&output));
    }
    folder
}

/// A command that finds the program under its name.
fn command(name: &str, folder: &Path) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_latent-lens"));
    let mut paths = vec![program.parent().unwrap().to_owned()];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    // Slurm's daemons are not for everyone.
    paths.push("/usr/sbin".into());
    let mut command = Command::new(name);
    command
        .current_dir(folder)
        .env("PATH", std::env::join_paths(paths).unwrap());
    command
}

fn succeed(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {told}{}",
        said(&output)
    );
    told
}

/// Every number is that of the whole run, to the last bit.
fn assert_is_the_whole(folder: &Path) {
    let table = |of: &str, name: &str| fs::read(folder.join(of).join(name)).unwrap();
    for name in [
        "pixel_importance.csv",
        "direction.csv",
        "latent_importance.csv",
    ] {
        assert!(
            table("whole", name) == table("results", name),
            "{name} differs"
        );
    }
}

#[test]
#[ignore = "needs GNU parallel"]
fn gnu_parallel_runs_parts() {
    let folder = prepared("gnu_parallel_runs_parts");
    succeed(command("bash", &folder).args(["-ec", &block("parallel latent-lens")]));
    assert_is_the_whole(&folder);
}

#[test]
#[ignore = "needs make"]
fn make_computes_again_only_what_is_missing() {
    let folder = prepared("make_computes_again_only_what_is_missing");
    fs::write(folder.join("Makefile"), block("PARTS =")).unwrap();
    let make = || succeed(command("make", &folder).args(["-j", "8"]));
    make();
    assert_is_the_whole(&folder);

    fs::remove_file(folder.join("part-3.json")).unwrap();
    let again = make();
    let parts: Vec<&str> = again
        .lines()
        .filter(|line| line.contains("--part"))
        .collect();
    assert!(
        matches!(parts[..], [one] if one.contains("--part 3/8")),
        "{again}"
    );
    assert_is_the_whole(&folder);
}

#[test]
#[ignore = "needs Slurm"]
fn a_slurm_array_resumes_with_the_parts_that_merge_misses() {
    let folder = prepared("a_slurm_array");
    let slurm = Slurm::start(&folder);
    fs::write(folder.join("array.sh"), block("SLURM_ARRAY_TASK_ID")).unwrap();
    let run = |parts: &str| {
        slurm.succeed(
            "sbatch",
            &["--wait", &format!("--array={parts}"), "array.sh"],
        )
    };
    run("1-6,8-12,14-16");

    let parts = || {
        let names = (1..=16).map(|part| format!("part-{part}.json"));
        let there: Vec<String> = names.filter(|name| folder.join(name).exists()).collect();
        latent_lens(&folder, &format!("merge {} --out results", there.join(" ")))
    };
    let missing = said(&parts());
    assert!(
        missing.contains("Parts 7/16, 13/16 are missing"),
        "{missing}"
    );
    run("7,13");
    let joined = parts();
    assert!(joined.status.success(), "{}", said(&joined));
    assert_is_the_whole(&folder);
}

/// Slurm on one node, this machine; it ends with the test.
struct Slurm<'a> {
    folder: &'a Path,
    daemons: Vec<Child>,
}

impl<'a> Slurm<'a> {
    fn start(folder: &'a Path) -> Self {
        let at = |name: &str| folder.join(name).display().to_string();
        let node = succeed(Command::new("hostname").arg("-s"));
        let node = node.trim();
        let user = succeed(Command::new("id").arg("-un"));
        for name in ["state", "spool"] {
            fs::create_dir(folder.join(name)).unwrap();
        }
        let [controller, daemon] = [0, 1].map(|_| free_port());
        let lines = [
            "ClusterName=test".into(),
            format!("SlurmctldHost={node}(127.0.0.1)"),
            format!("SlurmctldPort={controller}"),
            format!("SlurmdPort={daemon}"),
            format!("SlurmUser={}", user.trim()),
            format!("SlurmdUser={}", user.trim()),
            format!("AuthInfo=socket={}", at("munge.socket")),
            "CredType=cred/munge".into(),
            format!("StateSaveLocation={}", at("state")),
            format!("SlurmdSpoolDir={}", at("spool")),
            format!("SlurmctldPidFile={}", at("slurmctld.pid")),
            format!("SlurmdPidFile={}", at("slurmd.pid")),
            "ProctrackType=proctrack/linuxproc".into(),
            "TaskPlugin=task/none".into(),
            "SelectType=select/linear".into(),
            "ReturnToService=2".into(),
            "MpiDefault=none".into(),
            format!("NodeName={node} NodeAddr=127.0.0.1 State=UNKNOWN"),
            format!("PartitionName=all Nodes={node} Default=YES State=UP"),
        ];
        fs::write(folder.join("slurm.conf"), lines.join("\n") + "\n").unwrap();
        fs::write(folder.join("munge.key"), [7; 128]).unwrap();
        succeed(Command::new("chmod").args(["600", &at("munge.key")]));

        let mut slurm = Self {
            folder,
            daemons: Vec::new(),
        };
        let files = [
            ("--key-file", "munge.key"),
            ("--socket", "munge.socket"),
            ("--pid-file", "munge.pid"),
            ("--log-file", "munge.log"),
            ("--seed-file", "munge.seed"),
        ];
        let files = files.map(|(flag, name)| format!("{flag}={}", at(name)));
        slurm.daemon("munged", &["--foreground", "--force"], &files);
        slurm.until("munge answers", || folder.join("munge.socket").exists());
        slurm.daemon("slurmctld", &["-D"], &[]);
        slurm.daemon("slurmd", &["-D"], &[]);
        slurm.until("the node is idle", || {
            let told = slurm.command("sinfo").args(["-h", "-o", "%T"]).output();
            told.is_ok_and(|told| told.stdout.starts_with(b"idle"))
        });
        slurm
    }

    fn command(&self, name: &str) -> Command {
        let mut command = command(name, self.folder);
        command.env("SLURM_CONF", self.folder.join("slurm.conf"));
        command
    }

    fn succeed(&self, name: &str, arguments: &[&str]) -> String {
        succeed(self.command(name).args(arguments))
    }

    fn daemon(&mut self, name: &str, arguments: &[&str], files: &[String]) {
        let log = fs::File::create(self.folder.join(format!("{name}.out"))).unwrap();
        let child = self
            .command(name)
            .args(arguments)
            .args(files)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        let child = child.unwrap_or_else(|error| panic!("{name}: {error}"));
        self.daemons.push(child);
    }

    fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let start = Instant::now();
        while !is_so() {
            if start.elapsed() > PATIENCE {
                let logs = ["munged", "slurmctld", "slurmd"].map(|name| {
                    let log = self.folder.join(format!("{name}.out"));
                    fs::read_to_string(log).unwrap_or_default()
                });
                panic!("{what}: not within {PATIENCE:?}\n{}", logs.join("\n"));
            }
            sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Slurm<'_> {
    fn drop(&mut self) {
        for daemon in self.daemons.iter_mut().rev() {
            // It may have ended, which is as good.
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
