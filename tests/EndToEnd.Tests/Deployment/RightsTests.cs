using System.Globalization;
using HeapDrift.Collector.Commands;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests.Deployment;

/// <summary>
/// What deploy/kubernetes/README.md says each right is for, on real processes: the worker is another user's, in a mount namespace of its own
/// with a /tmp of its own, as in a container. Without root there is nobody to become.
/// </summary>
public sealed class RightsTests
{
    private const string WorkersUser = "1654";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly string[] AsWorkersUser =
        ["setpriv", "--reuid", WorkersUser, "--regid", WorkersUser, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"];

    /// <summary>What Docker leaves to the root of a container.</summary>
    private static readonly string[] AsRootOfAContainer =
        AsRootWith("+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap");

    private static readonly string[] AsAgent = AsRootWith("+sys_ptrace,+dac_override,+setuid,+setgid,+kill");

    [Fact]
    public async Task FiveCapabilitiesAreEnoughForTheWorkersOfOtherUsers() => Assert.Equal(ExitStatus.Done, await CaptureAsync(AsAgent) ?? ExitStatus.Done);

    [Fact]
    public async Task TheyAreEnoughForContainersWhoseUserIsRoot() => Assert.Equal(ExitStatus.Done, await CaptureAsync(AsAgent, AsRootOfAContainer) ?? ExitStatus.Done);

    /// <summary>Their copies are read by nobody, who could not tell a hidden worker from one that has exited.</summary>
    [Fact]
    public async Task WhereProcessesAreHiddenItIsSaidThatItIsNotPermittedForThose()
    {
        string[] hidden = ["unshare", "--mount", "sh", "-c", "mount -t proc -o hidepid=2 proc /proc && exec \"$@\"", "sh"];

        Assert.Equal(ExitStatus.NotPermitted, await CaptureAsync([.. hidden, .. AsAgent], AsRootOfAContainer) ?? ExitStatus.NotPermitted);
        Assert.Equal(ExitStatus.Done, await CaptureAsync([.. hidden, .. AsAgent]) ?? ExitStatus.Done);
    }

    [Theory]
    [InlineData("+dac_override,+setuid,+setgid,+kill")]
    [InlineData("+sys_ptrace,+setuid,+setgid,+kill")]
    [InlineData("+sys_ptrace,+dac_override,+setgid,+kill")]
    [InlineData("+sys_ptrace,+dac_override,+setuid,+kill")]
    [InlineData("+sys_ptrace,+dac_override,+setuid,+setgid")]
    public async Task WithoutOneOfThemItIsSaidThatItIsNotPermitted(string capabilities) =>
        Assert.Equal(ExitStatus.NotPermitted, await CaptureAsync(AsRootWith(capabilities)) ?? ExitStatus.NotPermitted);

    [Fact]
    public async Task AsTheWorkersUserNoneIsNeeded() => Assert.Equal(ExitStatus.Done, await CaptureAsync(AsWorkersUser) ?? ExitStatus.Done);

    private static string[] AsRootWith(string capabilities) => ["setpriv", "--inh-caps=-all", $"--bounding-set=-all,{capabilities}", "--no-new-privs"];

    /// <returns>The exit status; null where the tests do not run as root.</returns>
    private static async Task<int?> CaptureAsync(string[] rights, string[]? rightsOfWorker = null)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        string[] worker = ["--mount", "sh", "-c", "mount -t tmpfs -o mode=1777 tmpfs /var/tmp && exec \"$@\"", "sh", .. rightsOfWorker ?? AsWorkersUser, RepositoryPaths.PlainWorker(10), "--nodes", "1000"];
        await using PlainWorker running = await PlainWorker.StartAsync(
            new ChildProcessStart("unshare", worker) { Environment = new Dictionary<string, string?> { ["TMPDIR"] = "/var/tmp" } });
        string[] capture = [RepositoryPaths.HeapDrift, "capture", "--pid", running.Id.ToString(CultureInfo.InvariantCulture), "--window", "0s", "--confirm", "0", "--engine", "copy-on-write", "--output", folder.File("reports")];
        ProcessResult result = await ChildProcess.RunAsync(new ChildProcessStart(rights[0], [.. rights[1..], .. capture]), Deadline);
        return result.ExitCode;
    }
}
