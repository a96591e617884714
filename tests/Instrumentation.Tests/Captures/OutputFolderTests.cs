using HeapDrift.Instrumentation.Captures;

namespace HeapDrift.Instrumentation.Tests.Captures;

public sealed class OutputFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("heapdrift-output-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void NewFolderIsItsOwnersOnly()
    {
        string path = OutputFolder.Prepare(Path.Join(_folder, "reports"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(path).UnixFileMode);
    }

    [Fact]
    public void FolderThatIsThereKeepsItsMode()
    {
        var before = new DirectoryInfo(_folder).UnixFileMode;

        OutputFolder.Prepare(_folder);

        Assert.Equal(before, new DirectoryInfo(_folder).UnixFileMode);
    }

    [Fact]
    public void UnlessSetItIsTheUsersOwnAmongTheTemporary() =>
        Assert.Equal(Path.Join(Path.GetTempPath(), "heapdrift-" + Environment.UserName), OutputFolder.Prepare(null));
}
