using System.Reflection;
using System.Runtime.Loader;
using LeakGallery.Hosting;

namespace Claims.Plugins;

/// <summary>Part of each plugin.</summary>
public static class RuleTable
{
    private static readonly List<Rule> Rules = [];

    public static void Load()
    {
        for (var i = 0; i < 4000; i++)
        {
            Rules.Add(new Rule(i, new byte[80])); // allocates
        }
    }
}

public sealed record Rule(int Number, byte[] Code);

internal sealed class PluginContext() : AssemblyLoadContext(isCollectible: true)
{
    protected override Assembly? Load(AssemblyName assemblyName) => null;
}

/// <summary>A customer's rules come as a new version of a plugin and replace the old one.</summary>
internal sealed class PluginHost : IProgram
{
    private static readonly List<PluginContext> Loaded = [];

    private readonly byte[] _image = File.ReadAllBytes(typeof(PluginHost).Assembly.Location);

    public int RequestsPerSecond => 5;

    public void Serve(int number)
    {
        var context = new PluginContext();
        var plugin = context.LoadFromStream(new MemoryStream(_image));
        plugin.GetType(typeof(RuleTable).FullName!)!.GetMethod(nameof(RuleTable.Load))!.Invoke(null, null);
        Loaded.Add(context);
    }
}
