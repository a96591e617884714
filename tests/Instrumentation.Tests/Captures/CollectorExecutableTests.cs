using HeapDrift.Instrumentation.Captures;

namespace HeapDrift.Instrumentation.Tests.Captures;

public sealed class CollectorExecutableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("heapdrift-find-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void IsFoundBesideTheApplicationThenInItsFolderThenInPath()
    {
        string inPath = Touch("bin/heapdrift");
        Assert.Equal(inPath, Find());
        string inFolder = Touch("app/heapdrift/heapdrift");
        Assert.Equal(inFolder, Find());
        Directory.Delete(Path.Join(_folder, "app", "heapdrift"), recursive: true);
        string beside = Touch("app/heapdrift");
        Assert.Equal(beside, Find());
    }

    [Fact]
    public void ConfiguredPathIsTheOnlyPlace()
    {
        Touch("bin/heapdrift");
        string configured = Path.Join(_folder, "elsewhere");

        string? found = CollectorExecutable.Find(configured, App, Bin, out var searched);

        Assert.Null(found);
        Assert.Equal([configured], searched);
    }

    [Fact]
    public void EveryPlaceIsTold()
    {
        Assert.Null(CollectorExecutable.Find(null, App, $"{Bin}:/no/such", out var searched));
        Assert.Equal([Path.Join(App, "heapdrift"), Path.Join(App, "heapdrift/heapdrift"), Path.Join(Bin, "heapdrift"), "/no/such/heapdrift"], searched);
    }

    private string App => Path.Join(_folder, "app");

    private string Bin => Path.Join(_folder, "bin");

    private string? Find() => CollectorExecutable.Find(null, App, Bin, out _);

    private string Touch(string name)
    {
        string path = Path.Join(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        return path;
    }
}
