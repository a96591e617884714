using System.Collections;
using HeapDrift.Instrumentation;
using HeapDrift.Instrumentation.Hosting;

namespace HeapDrift.StartupHook.Tests;

public sealed class HookSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hook-settings-").FullName;
    private readonly List<string> _told = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void NothingSetIsTheDefaultsAndNothingIsTold()
    {
        var options = Read();

        Assert.Equal((TimeSpan.FromMinutes(5), null, null), (options.Window, options.OutputDirectory, options.CollectorPath));
        Assert.Empty(_told);
    }

    [Theory]
    [InlineData("HeapDrift__Window")]
    [InlineData("HEAPDRIFT__WINDOW")]
    public void NamesAreThoseOfAConfigurationInAnyCase(string name) => Assert.Equal(TimeSpan.FromSeconds(90), Read((name, "00:01:30")).Window);

    [Theory]
    [InlineData("00:00:00.9")]
    [InlineData("1.00:00:01")]
    [InlineData("300")] // Days.
    [InlineData("-00:05:00")]
    [InlineData("soon")]
    public void WindowOutsideItsRangeIsTheDefault(string window)
    {
        Assert.Equal(TimeSpan.FromMinutes(5), Read(("HeapDrift__Window", window)).Window);
        Assert.StartsWith($"HeapDrift__Window is '{window}'", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyValueIsNone()
    {
        Assert.Null(Read(("HeapDrift__OutputDirectory", " "), ("HeapDrift__Window", "")).OutputDirectory);
        Assert.Empty(_told);
    }

    [Fact]
    public void OutputDirectoryNeedNotExistButMustNotBeAFile()
    {
        Assert.Equal("/nowhere/yet", Read(("HeapDrift__OutputDirectory", "/nowhere/yet")).OutputDirectory);
        Assert.Empty(_told);

        Assert.Null(Read(("HeapDrift__OutputDirectory", CreateFile("file"))).OutputDirectory);
        Assert.StartsWith("HeapDrift__OutputDirectory: ", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public void CollectorThatIsNotThereIsSearchedForInstead()
    {
        Assert.Null(Read(("HeapDrift__CollectorPath", "/nowhere/heapdrift")).CollectorPath);
        Assert.StartsWith("HeapDrift__CollectorPath: ", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public void CollectorBesideTheHookIsTakenUnlessAnotherIsSet()
    {
        var beside = CreateFile("heapdrift");
        var other = CreateFile("other");

        Assert.Equal(beside, Read().CollectorPath);
        Assert.Equal(other, Read(("HeapDrift__CollectorPath", other)).CollectorPath);
    }

    private HeapDriftOptions Read(params (string Name, string Value)[] variables)
    {
        var environment = new Hashtable { ["PATH"] = "/usr/bin" };
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return HookSettings.Read(environment, _folder, _told.Add);
    }

    private string CreateFile(string name)
    {
        var path = Path.Join(_folder, name);
        File.WriteAllText(path, "");
        return path;
    }
}
