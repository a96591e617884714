using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>Method tokens of an assembly that is not loaded.</summary>
internal static class Tokens
{
    public static int Of(string module, string type, string method)
    {
        using var file = new PEReader(new MemoryStream(File.ReadAllBytes(module)));
        MetadataReader reader = file.GetMetadataReader();
        TypeDefinition definition = reader.TypeDefinitions.Select(reader.GetTypeDefinition).Single(candidate => reader.GetString(candidate.Name) == type);
        return MetadataTokens.GetToken(definition.GetMethods().Single(candidate => reader.GetString(reader.GetMethodDefinition(candidate).Name) == method));
    }
}
