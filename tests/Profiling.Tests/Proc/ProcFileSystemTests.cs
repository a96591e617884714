using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class ProcFileSystemTests : IDisposable
{
    private readonly FixtureFolder _folder = new();

    private ProcFileSystem Files => new(_folder.ProcRoot, _folder.CgroupRoot);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PidsAreTheFoldersWithNumbersInAscendingOrder()
    {
        _folder.With("proc/100/stat", "").With("proc/9/stat", "")
            .With("proc/self/stat", "").With("proc/-1/stat", "").With("proc/77", "a file");

        Assert.Equal([9, 100], Files.EnumeratePids());
    }

    [Fact]
    public void FilesOfAProcessBecomeValues()
    {
        _folder.With("proc/42/status", KernelText.Status())
            .With("proc/42/stat", KernelText.Stat())
            .With("proc/42/smaps_rollup", KernelText.Rollup())
            .With("proc/42/environ", "TMPDIR=/a\0")
            .With("proc/42/cmdline", "dotnet\0shop.dll\0")
            .With("proc/42/maps", "7f00-7f01 r--p 0 08:01 9 /shared/Microsoft.NETCore.App/10.0.12/libcoreclr.so\n");

        Assert.Equal("shop", Files.TryReadStatus(42).Value!.Name);
        Assert.Equal(123456, Files.TryReadStartTime(42));
        Assert.Equal(1000 * 1024, Files.TryReadSmapsRollup(42).Value!.PssBytes);
        Assert.Equal("/a", Files.TryReadEnvironment(42).Value!["TMPDIR"]);
        Assert.Equal("shop", Files.TryReadEntryAssemblyName(42));
        Assert.Equal("10.0.12", Files.TryFindRuntimeVersion(42).Value!.RuntimeVersion);
    }

    [Fact]
    public void ProcessThatIsGoneIsAnAnswerAndNotAnException()
    {
        Assert.Equal(ProcAbsence.Gone, Files.TryReadStatus(42).Absence);
        Assert.Equal(ProcAbsence.Gone, Files.TryReadSmapsRollup(42).Absence);
        Assert.Equal(ProcAbsence.Gone, Files.TryReadEnvironment(42).Absence);
        Assert.Equal(ProcAbsence.Gone, Files.TryFindRuntimeVersion(42).Absence);
        Assert.Null(Files.TryReadStartTime(42));
        Assert.Null(Files.TryReadEntryAssemblyName(42));
        Assert.Null(Files.TryReadMemory(42));
    }

    [Fact]
    public void EmptyFileOfADyingProcessMeansGone()
    {
        _folder.With("proc/42/smaps_rollup", "").With("proc/42/stat", "").With("proc/42/cmdline", "").With("proc/42/environ", "");

        Assert.Equal(ProcAbsence.Gone, Files.TryReadSmapsRollup(42).Absence);
        Assert.Null(Files.TryReadStartTime(42));
        Assert.Null(Files.TryReadEntryAssemblyName(42));
        Assert.Empty(Files.TryReadEnvironment(42).Value!);
    }

    [Fact]
    public void MissingPermissionIsToldApartFromAbsence()
    {
        // A folder in the place of the file: .NET reports EISDIR as it reports EACCES, and root, whom no mode stops, sees it too.
        _folder.With("proc/42/smaps_rollup/x", "");

        Assert.Equal(ProcAbsence.NotPermitted, Files.TryReadSmapsRollup(42).Absence);
        Assert.False(Files.TryReadSmapsRollup(42).IsPresent);
    }

    [Fact]
    public void HugeFileThatOnlyMakesSenseWholeIsRefused()
    {
        _folder.With("proc/42/status", KernelText.Status() + new string('x', Limits.KernelFileBytes));

        var error = Assert.Throws<InvalidDataException>(() => Files.TryReadStatus(42));

        Assert.Contains($"proc/42/status: expected at most {1024 * 1024} bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HugeEnvironmentIsReadUpToItsLastWholeEntry()
    {
        string fill = new('x', Limits.EnvironmentBytes - 40);
        _folder.With("proc/42/environ", $"TMPDIR=/a\0FILL={fill}\0OTEL_SERVICE_NAME=shop-whose-name-lies-across-the-bound\0");

        Assert.Equal(["TMPDIR"], Files.TryReadEnvironment(42).Value!.Keys);
    }

    [Fact]
    public void EnvironmentThatEndsAtTheBoundIsReadWhole()
    {
        const string Last = "\0TMPDIR=/a\0";
        _folder.With("proc/42/environ", new string('x', Limits.EnvironmentBytes - Last.Length) + Last);

        Assert.Equal("/a", Files.TryReadEnvironment(42).Value!["TMPDIR"]);
    }

    [Fact]
    public void HugeCommandLineStillNamesTheProgram()
    {
        _folder.With("proc/42/cmdline", "dotnet\0shop.dll\0" + new string('x', 4 * Limits.CommandLineBytes) + "\0");

        Assert.Equal("shop", Files.TryReadEntryAssemblyName(42));
    }
}
