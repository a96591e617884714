using System.Reflection;
using System.Xml.Linq;
using HeapDrift.Instrumentation;

namespace HeapDrift.Dashboards.Reference;

/// <summary>The constants of <see cref="TelemetryNames"/> with the summaries that stand above them in the source.</summary>
internal sealed class NameSummaries
{
    private readonly Dictionary<string, XElement> _members;

    /// <summary>From the documentation file that the compiler writes beside the assembly.</summary>
    public NameSummaries() => _members = XDocument.Load(Path.ChangeExtension(typeof(TelemetryNames).Assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>In the order of the source.</summary>
    /// <param name="names">A nested class of <see cref="TelemetryNames"/>.</param>
    public IEnumerable<(string Name, string Summary)> Of(Type names) =>
        from field in names.GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(field => field.MetadataToken)
        select ((string)field.GetRawConstantValue()!, SummaryOf($"F:{names.FullName!.Replace('+', '.')}.{field.Name}"));

    private string SummaryOf(string member) => _members.GetValueOrDefault(member)?.Element("summary") is { } summary
        ? string.Join(' ', string.Concat(summary.Nodes().Select(Text)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        : throw new InvalidDataException($"{member} has no summary: TelemetryNames is what the reference is written from");

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        _ => throw new InvalidDataException($"a summary in TelemetryNames has more than text and <c>: {node}"),
    };
}
